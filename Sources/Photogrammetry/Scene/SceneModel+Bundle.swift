internal import CVShim
internal import Imaging
internal import Pipeline

/// What of unknown optics bundle adjustment may change.
enum FreeOptics: Sendable {
    case none, focal, focalAndDistortion
}

extension SceneModel {
    /// Places points anew from all placed views, and forgets those that don't hold.
    ///
    /// - Parameter reach: pixels that a sighting may lie from its point.
    mutating func triangulate(reach: Double, cancel: CancelFlag?) throws(Failure) {
        let bundle = try ShimBundle(self) { track in
            let here = tracks.sightings(of: track).filter { placed[tracks.views[$0]] }
            return here.count > 1 ? here : []
        }
        var how = CVSTriangulateOptions(reach: reach * grain, angle: options.leastAngle * .pi / 180)
        var angles = [Double](repeating: 0, count: bundle.pointCount + 1)
        var fits = [UInt8](repeating: 0, count: bundle.origins.count + 1)
        try withCancelAddress(cancel) { flag throws(Failure) in
            try checkShim { error in cvs_triangulate(bundle.handle, &how, &angles, &fits, flag, error) }
        }
        for index in agrees.indices { agrees[index] = false }
        for (index, sighting) in bundle.origins.enumerated() { agrees[sighting] = fits[index] == 1 }
        bundle.storePoints(in: &self)
    }

    /// Moves cameras and points to where they fit the sightings best.
    ///
    /// - Parameter most: sightings a view that have a say; tracks of many views come first.
    mutating func adjust(
        _ free: FreeOptics, most: Int, iterations: Int = 30, tolerance: Double = 1e-5,
        cancel: CancelFlag?
    ) throws(Failure) {
        let chosen = chosenTracks(most: most)
        let bundle = try ShimBundle(self, free) { track in chosen[track] ? agreeing(in: track) : [] }
        var how = CVSBundleOptions(
            iterations: Int32(clamping: iterations), tolerance: tolerance, loss: 1, points_fixed: false)
        var report = CVSBundleReport()
        try withCancelAddress(cancel) { flag throws(Failure) in
            try checkShim { error in cvs_bundle_adjust(bundle.handle, &how, &report, flag, error) }
        }
        bundle.storePoints(in: &self)
        bundle.storeCameras(in: &self)
    }

    /// The distance in pixels of each sighting from its point; below 0 behind the camera and where it does not agree.
    func errors() throws(Failure) -> [Double] {
        let bundle = try ShimBundle(self) { track in agreeing(in: track) }
        var found = [Double](repeating: 0, count: bundle.origins.count + 1)
        try checkShim { error in cvs_bundle_errors(bundle.handle, &found, error) }
        var errors = [Double](repeating: -1, count: agrees.count)
        for (index, sighting) in bundle.origins.enumerated() { errors[sighting] = found[index] }
        return errors
    }

    /// The tracks that have a say: long ones first, until each of their views has enough.
    private func chosenTracks(most: Int) -> [Bool] {
        let lengths = (0..<tracks.count).map { track in tracks.sightings(of: track).count { agrees[$0] } }
        let order = lengths.indices.filter { lengths[$0] > 1 }.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
        var (chosen, taken) = ([Bool](repeating: false, count: tracks.count), [Int](repeating: 0, count: cameras.count))
        for track in order {
            let views = agreeing(in: track).map { tracks.views[$0] }
            guard views.contains(where: { taken[$0] < most }) else { continue }
            chosen[track] = true
            for view in views { taken[view] += 1 }
        }
        return chosen
    }
}
