/// Says why views could not be placed.
struct Reasons {
    private let views: [SceneView]
    private let model: SceneModel
    private let pairs: [ViewPair]
    private let seen: [[(track: Int, sighting: Int)]]

    /// Fewer features are nothing to hold on to.
    private static let leastFeatures = 60

    init(_ views: [SceneView], _ model: SceneModel, _ pairs: [ViewPair]) {
        (self.views, self.model, self.pairs) = (views, model, pairs)
        seen = model.seen()
    }

    func reason(_ view: Int) -> Scene.Unplaced {
        let features = model.keypoints[view].count
        if features < Self.leastFeatures { return .bare(features: features) }
        let own = pairs.filter { $0.views.contains(view) }
        guard let strongest = Self.strongest(own) else { return .alone }
        let placed = own.filter { model.placed[$0.other(than: view)] }
        guard let nearest = Self.strongest(placed) else {
            let still = own.allSatisfy { $0.geometry.kind == .rotation }
            let other = views[strongest.other(than: view)].name
            if still { return .onTheSpot(with: other) }
            return model.placedCount == 0 ? .pair(with: other) : .apart(with: other)
        }
        let other = views[nearest.other(than: view)].name
        if nearest.geometry.kind == .rotation { return .onTheSpot(with: other) }
        return .thin(points: seen[view].count, with: other)
    }

    private static func strongest(_ pairs: [ViewPair]) -> ViewPair? {
        pairs.max { ($0.geometry.agreeing.count, $1.second) < ($1.geometry.agreeing.count, $0.second) }
    }
}
