internal import Imaging
internal import Pipeline

/// Looks for the ring that photos of an object were taken from: in the order that is given, and in others where that does
/// not hold or is not known.
struct RingSearch {
    /// An answer costs more than this where there is no ring round one object; see `Ring.cost`.
    private static let contradictory = 1.2
    /// An answer that costs more, or has a view that fits worse, is tried in other orders as well; the cost of few views,
    /// which a wrong order can explain nearly as well, is another.
    private static let doubtful = (cost: 0.6, costOfFew: 0.25, oddness: 2.5)
    /// No matches are looked for where the outlines alone have no answer.
    private static let mostToJoin = 1.6

    private let views: [ObjectView]
    private let silhouettes: [Silhouette]
    private let options: ObjectOptions
    private let shared: ObjectMatches?
    private let cancel: CancelFlag?

    /// - Parameter matcher: finds what neighbouring photos share; nil leaves everything to the outlines.
    init(
        _ views: [ObjectView], _ silhouettes: [Silhouette], _ options: ObjectOptions, _ matcher: (any FeatureMatcher)?,
        _ cancel: CancelFlag?
    ) {
        (self.views, self.silhouettes, self.options, self.cancel) = (views, silhouettes, options, cancel)
        shared = matcher.map { ObjectMatches(views, silhouettes, by: $0, cancel: cancel) }
    }

    /// The best answer of the orders that were tried.
    ///
    /// - Throws: `views_alike`, `views_contradict`.
    func ring() throws(Failure) -> Ring {
        var best: Ring?
        if let places = options.places {
            try take(&best, places, RingOptions(places: options.walk, focalSigma: sigma))
            try refuseAlike(best)
            if options.walk > places.count {
                // What is missing may have been no place of the walk.
                let closed = places.map { place in places.count { $0 < place } }
                try take(&best, closed, RingOptions(focalSigma: sigma))
            }
        }
        try take(&best, nil, RingOptions(isOrdered: false, focalSigma: sigma))
        try refuseAlike(best)
        guard let best, best.cost <= Self.contradictory else {
            throw Failure(
                .viewsContradict, "The photos do not show one car from all round: their outlines fit no single shape.",
                hint: "Check that all photos show the same car, whole and standing still.",
                detail: "cost \(best?.cost ?? .infinity)")
        }
        return best
    }

    private var sigma: Double { views.map(\.prior.sigma).max() ?? 0.4 }

    /// Solves for other places where the best answer is doubtful, and keeps the better one.
    private func take(_ best: inout Ring?, _ places: [Int]?, _ wish: RingOptions) throws(Failure) {
        let bound = views.count < 8 ? Self.doubtful.costOfFew : Self.doubtful.cost
        if let best, best.cost <= bound, best.oddness <= Self.doubtful.oddness { return }
        let shots = views.indices.map { index in
            let prior = views[index].prior
            return RingView(
                silhouette: silhouettes[index],
                intrinsics: prior.intrinsics(width: views[index].photo.width, height: views[index].photo.height),
                place: places?[index])
        }
        let other = try Ring(of: shots, options: wish, cancel: cancel) { (ring: Ring) throws(Failure) -> [RingMatch] in
            ring.cost > Self.mostToJoin ? [] : try shared?.matches(of: ring) ?? []
        }
        if other.cost < best?.cost ?? .infinity { best = other }
    }

    /// Photos from one place say nothing of a shape.
    private func refuseAlike(_ ring: Ring?) throws(Failure) {
        guard let ring, ring.alikePairs * 4 >= views.count * (views.count - 1) else { return }
        throw Failure(
            .viewsAlike, "The photos show the car from one and the same side.",
            hint: "Walk round the car and take a photo every 45 degrees.")
    }
}
