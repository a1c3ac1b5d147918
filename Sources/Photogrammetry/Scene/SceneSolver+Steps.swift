internal import Imaging
internal import Pipeline

extension SceneSolver {
    func check(_ views: [SceneView]) throws(Failure) {
        guard (2...Tracks.mostViews).contains(views.count) else {
            throw Failure(
                .invalidInputs, "A scene needs 2 to \(Tracks.mostViews) photos; \(views.count) were given.",
                hint: views.count < 2
                    ? "Take photos from several places." : "Give the \(Tracks.mostViews) that show most.")
        }
        for view in views {
            guard let mask = view.mask else { continue }
            guard mask.channels == 1, mask.width == view.picture.width, mask.height == view.picture.height else {
                throw Failure(
                    .invalidInputs, "The mask of \(view.name) does not have one channel and the photo's size.",
                    slot: view.name)
            }
        }
    }

    /// What looks alike in each two views.
    func matchedPairs(_ found: [Matcher.Found], _ cancel: CancelFlag?) throws(Failure) -> [MatchedPair] {
        var pairs: [MatchedPair] = []
        for second in found.indices {
            for first in 0..<second {
                let matches = try matcher.matches(found[first], found[second], cancel: cancel)
                pairs.append(MatchedPair(first: first, second: second, matches: matches))
            }
        }
        return pairs
    }

    /// The geometry of the pairs that have enough matches.
    func verified(
        _ matched: [MatchedPair], _ model: SceneModel, _ cancel: CancelFlag?
    ) throws(Failure) -> [ViewPair] {
        var pairs: [ViewPair] = []
        for pair in matched where pair.matches.count >= options.leastMatches {
            let geometry = try TwoViewGeometry(
                first: pair.matches.map { model.keypoints[pair.first][Int($0.first)].place },
                second: pair.matches.map { model.keypoints[pair.second][Int($0.second)].place },
                optics: (model.cameras[pair.first].intrinsics, model.cameras[pair.second].intrinsics),
                reach: options.reach * model.grain, least: options.leastMatches, cancel: cancel)
            guard geometry.kind != .none else { continue }
            pairs.append(
                ViewPair(first: pair.first, second: pair.second, matches: pair.matches, geometry: geometry))
        }
        return pairs
    }

    /// The largest model of a few beginnings; nil when none holds.
    func grown(
        _ start: SceneModel, _ pairs: [ViewPair], _ views: [SceneView], _ cancel: CancelFlag?,
        progress: (Int) -> Void
    ) throws(Failure) -> SceneModel? {
        var model = start
        model.take(
            Tracks(
                pairs.filter { $0.geometry.kind != .rotation }.map(\.agreeing),
                counts: model.keypoints.map(\.count)))
        var best: SceneModel?
        for pair in SceneModel.beginnings(pairs).prefix(4) {
            guard var next = try model.started(with: pair, cancel: cancel) else { continue }
            try next.grow(pairs, expectations: views.map(\.expected), cancel: cancel, progress: progress)
            if next.placedCount > best?.placedCount ?? 0 { best = next }
            if next.placedCount == views.count { break }
        }
        return best
    }

    /// Matches placed views once more along epipolar lines, at depths where points are, and chains new tracks.
    func rematch(
        _ model: inout SceneModel, _ found: [Matcher.Found], _ cancel: CancelFlag?
    ) throws(Failure) {
        let depths = model.depths()
        var pairs: [MatchedPair] = []
        for second in found.indices where model.placed[second] {
            for first in 0..<second where model.placed[first] {
                guard let range = depths[first] else { continue }
                let guide = MatchGuide(
                    first: model.cameras[first], second: model.cameras[second], reach: options.reach * model.grain,
                    depths: range)
                let matches = try matcher.matches(found[first], found[second], guide: guide, cancel: cancel)
                pairs.append(MatchedPair(first: first, second: second, matches: matches))
            }
        }
        model.take(Tracks(pairs, counts: model.keypoints.map(\.count)))
        try model.triangulate(reach: options.reach, cancel: cancel)
    }

    /// Bundle adjustment and points anew in turn, with ever less tolerance; the focal length last.
    func finish(_ model: inout SceneModel, _ cancel: CancelFlag?) throws(Failure) {
        let last: FreeOptics = options.findsDistortion && model.placedCount > 2 ? .focalAndDistortion : .focal
        try model.adjust(last, most: options.draftSightings, tolerance: 1e-4, cancel: cancel)
        try model.triangulate(reach: options.reach, cancel: cancel)
        try model.adjust(last, most: options.finalSightings, tolerance: 1e-5, cancel: cancel)
        try model.triangulate(reach: options.finalReach, cancel: cancel)
        if model.dropThin() { try model.triangulate(reach: options.finalReach, cancel: cancel) }
        try model.adjust(last, most: options.finalSightings, tolerance: 1e-6, cancel: cancel)
    }
}

extension SceneModel {
    /// Takes back views that see fewer points in the end than it takes to place one; whether there were any.
    mutating func dropThin() -> Bool {
        var sightings = [Int](repeating: 0, count: cameras.count)
        for sighting in agrees.indices where agrees[sighting] { sightings[tracks.views[sighting]] += 1 }
        let thin = cameras.indices.filter { placed[$0] && sightings[$0] < options.leastPoints }
        for view in thin { placed[view] = false }
        return !thin.isEmpty
    }

    /// Of each placed view the depths between which points are, with some room.
    func depths() -> [Int: ClosedRange<Double>] {
        var all = [[Double]](repeating: [], count: cameras.count)
        for track in 0..<tracks.count {
            for sighting in agreeing(in: track) {
                let view = tracks.views[sighting]
                all[view].append((cameras[view].pose * points[track]).z)
            }
        }
        var ranges: [Int: ClosedRange<Double>] = [:]
        for (view, list) in all.enumerated() where placed[view] {
            let sorted = list.filter { $0 > 0 }.sorted()
            guard sorted.count >= 8 else { continue }
            let (near, far) = (sorted[sorted.count / 50], sorted[sorted.count - 1 - sorted.count / 50])
            ranges[view] = (0.6 * near)...(2 * far)
        }
        return ranges
    }
}
