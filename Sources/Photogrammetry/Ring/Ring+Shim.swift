internal import CVShim

extension CVSRingView {
    init(_ view: RingView, place: Int) {
        let optics = view.intrinsics
        self.init(
            silhouette: view.silhouette.handle, focal: optics.focal,
            principal: (optics.principal.x, optics.principal.y),
            place: Int32(clamping: view.place ?? place))
    }
}

extension CVSRingMatch {
    init(_ match: RingMatch) {
        self.init(
            first: Int32(clamping: match.first), second: Int32(clamping: match.second), mirrored: match.isMirrored,
            place_first: (match.placeInFirst.x, match.placeInFirst.y),
            place_second: (match.placeInSecond.x, match.placeInSecond.y))
    }
}

extension CVSRingOptions {
    init(_ options: RingOptions, count: Int) {
        self.init(
            ordered: options.isOrdered, places: Int32(clamping: options.places ?? count),
            symmetric: options.isSymmetric, focal_sigma: options.focalSigma,
            distortion_sigma: options.distortionSigma, radius: options.radius)
    }
}
