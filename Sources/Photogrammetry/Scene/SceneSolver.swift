public import Pipeline

/// Puts photos that overlap together: their cameras, and the points that they share (structure from motion).
///
/// All pairs are matched and verified, the best pair begins, view after view joins by points that it sees (perspective
/// n points), bundle adjustment holds everything together, and matches are looked for once more where the known cameras
/// say (Snavely, Seitz, Szeliski 2006; Schönberger, Frahm 2016). One thread; the same photos give the same scene.
public struct SceneSolver<Matcher: FeatureMatcher>: Sendable {
    public let matcher: Matcher
    public let options: SceneOptions

    public init(matcher: Matcher, options: SceneOptions = SceneOptions()) {
        (self.matcher, self.options) = (matcher, options)
    }

    /// What photos that overlap show; a photo that can't be placed is in the result with its reason.
    ///
    /// - Throws: `invalid_inputs` for fewer than 2 or more than 64 photos, or a mask that does not fit its photo.
    public func scene(
        of views: [SceneView], cancel: CancelFlag? = nil, progress: SceneProgress = { _, _ in }
    ) throws(Failure) -> Scene {
        try check(views)
        var found: [Matcher.Found] = []
        for (index, view) in views.enumerated() {
            progress(0.5 * Double(index) / Double(views.count), "looking for features in \(view.name)")
            found.append(try matcher.features(in: view.picture, mask: view.mask, cancel: cancel))
        }
        let shared = SharedViews(views, keypoints: found.map { matcher.keypoints(of: $0) })
        var model = shared.model(options)
        progress(0.5, "comparing photos")
        let matched = try matchedPairs(found, cancel)
        try shared.scanFocals(in: &model, matched, cancel)
        progress(0.7, "finding out which photos overlap")
        let pairs = try verified(matched, model, cancel)
        let grown = try grown(model, pairs, views, cancel) { count in
            progress(0.75 + 0.1 * Double(count) / Double(views.count), "placing photos")
        }
        guard var best = grown else { return Scene(views, model, pairs) }
        progress(0.85, "comparing photos once more")
        if options.matchesAgain { try rematch(&best, found, cancel) }
        progress(0.92, "adjusting cameras and points")
        try finish(&best, cancel)
        progress(1, "done")
        // Two photos out of more prove nothing: no third one bears them out.
        guard best.placedCount > 2 || views.count == 2 else { return Scene(views, model, pairs) }
        return try Scene(shared, best, pairs)
    }
}
