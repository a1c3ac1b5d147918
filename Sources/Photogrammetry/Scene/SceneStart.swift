internal import Pipeline

extension SceneModel {
    /// Pairs to begin with, best first: many matches, in depth, under a wide angle.
    static func beginnings(_ pairs: [ViewPair]) -> [ViewPair] {
        let enough = 16 * Double.pi / 180
        func worth(_ pair: ViewPair) -> Double {
            let depth = pair.geometry.kind == .general ? 1.0 : 0.3
            return depth * Double(pair.geometry.agreeing.count).squareRoot() * min(pair.geometry.angle, enough)
        }
        return pairs.filter { $0.geometry.kind == .general || $0.geometry.kind == .planar }
            .map { (pair: $0, worth: worth($0)) }
            .sorted { ($1.worth, $0.pair.first, $0.pair.second) < ($0.worth, $1.pair.first, $1.pair.second) }
            .map(\.pair)
    }

    /// The model of one pair; nil when it does not hold enough points.
    func started(with pair: ViewPair, cancel: CancelFlag?) throws(Failure) -> SceneModel? {
        var model = self
        model.cameras[pair.first].pose = Pose(rotation: .identity, translation: .zero)
        model.cameras[pair.second].pose = pair.geometry.pose
        (model.placed[pair.first], model.placed[pair.second]) = (true, true)
        try model.triangulate(reach: 2 * options.reach, cancel: cancel)
        try model.adjust(.none, most: options.draftSightings, cancel: cancel)
        try model.triangulate(reach: options.reach, cancel: cancel)
        let points = (0..<model.tracks.count).count { track in
            model.tracks.sightings(of: track).contains { model.agrees[$0] }
        }
        return points >= options.leastPoints ? model : nil
    }
}
