internal import Imaging
internal import Pipeline

/// The views as the solver takes them: which share optics, and keypoints as square pixels would have them.
struct SharedViews: Sendable {
    let views: [SceneView]
    let keypoints: [[Keypoint]]
    let opticsOf: [Int]
    /// The first view of each optics.
    let firsts: [Int]

    init(_ views: [SceneView], keypoints: [[Keypoint]]) {
        self.views = views
        var (opticsOf, firsts) = ([Int](), [Int]())
        for (index, view) in views.enumerated() {
            let same = firsts.firstIndex { first in
                let other = views[first]
                return view.lens != nil && view.lens == other.lens && view.picture.width == other.picture.width
                    && view.picture.height == other.picture.height && view.optics.isKnown == other.optics.isKnown
            }
            opticsOf.append(same ?? firsts.count)
            if same == nil { firsts.append(index) }
        }
        (self.opticsOf, self.firsts) = (opticsOf, firsts)
        self.keypoints = zip(views, keypoints).map { view, list in
            view.optics.isSquare
                ? list : list.map { Keypoint(place: view.squared($0.place), size: $0.size, colour: $0.colour) }
        }
    }

    /// The model that nothing is placed in yet.
    func model(_ options: SceneOptions) -> SceneModel {
        let still = Pose(rotation: .identity, translation: .zero)
        return SceneModel(
            keypoints: keypoints,
            cameras: opticsOf.map { Camera(intrinsics: views[firsts[$0]].start, pose: still) },
            opticsOf: opticsOf,
            optics: firsts.map { first in
                switch views[first].optics {
                case .known(let optics, _): SceneModel.SharedOptics(focal: optics.focal, sigma: 0)
                case .expected(let prior): SceneModel.SharedOptics(focal: prior.focal, sigma: prior.sigma)
                }
            }, options: options)
    }

    /// Finds the focal lengths of which nothing is known, roughly.
    func scanFocals(in model: inout SceneModel, _ pairs: [MatchedPair], _ cancel: CancelFlag?) throws(Failure) {
        for (index, shared) in model.optics.enumerated() where shared.sigma > FocalScan.vague {
            let own = pairs.filter { opticsOf[$0.first] == index && opticsOf[$0.second] == index }
                .filter { $0.matches.count >= 50 }
                .sorted { ($1.matches.count, $0.first, $0.second) < ($0.matches.count, $1.first, $1.second) }
            let matched = own.prefix(4).map { pair in
                FocalScan.Matched(
                    first: pair.matches.map { keypoints[pair.first][Int($0.first)].place },
                    second: pair.matches.map { keypoints[pair.second][Int($0.second)].place })
            }
            guard !matched.isEmpty else { continue }
            let focal = try FocalScan.focal(
                of: views[firsts[index]].start, matched, reach: model.options.reach * model.grain, cancel: cancel)
            for view in model.cameras.indices where opticsOf[view] == index {
                model.cameras[view].intrinsics.focal = focal
            }
        }
    }
}

extension ViewOptics {
    var isKnown: Bool { if case .known = self { true } else { false } }

    var isSquare: Bool { if case .known(_, let aspect) = self { aspect == 1 } else { true } }
}

extension SceneView {
    /// The optics to start from.
    var start: Intrinsics {
        switch optics {
        case .known(let known, _): known
        case .expected(let prior): prior.intrinsics(width: picture.width, height: picture.height)
        }
    }

    /// Where a place would be seen by the same camera with square pixels, and back.
    func squared(_ place: SIMD2<Double>) -> SIMD2<Double> {
        guard case .known(let known, let aspect) = optics else { return place }
        return [place.x, known.principal.y + (place.y - known.principal.y) / aspect]
    }

    func unsquared(_ place: SIMD2<Double>) -> SIMD2<Double> {
        guard case .known(let known, let aspect) = optics else { return place }
        return [place.x, known.principal.y + (place.y - known.principal.y) * aspect]
    }
}
