/// What is known of a scene while it grows: cameras, tracks, and the points that tracks stand for.
struct SceneModel: Sendable {
    /// Optics that one or more views share.
    struct SharedOptics: Sendable {
        /// What is expected, in pixels.
        let focal: Double
        /// Of the focal length's logarithm; 0: known.
        let sigma: Double
    }

    let keypoints: [[Keypoint]]
    /// Of each view the index of its optics.
    let opticsOf: [Int]
    let optics: [SharedOptics]
    let options: SceneOptions
    /// How well features are placed, in pixels: 1 for pictures of 1.2 to 3 million, less for small ones, which are
    /// doubled, more for large ones, which are shrunk.
    let grain: Double
    private(set) var tracks: Tracks
    /// Of each view; the pose counts where it is placed.
    var cameras: [Camera]
    var placed: [Bool]
    /// Where placed views are expected, in the model's frame.
    var expected: [Int: PoseExpectation] = [:]
    /// Of each track; it counts where a sighting agrees.
    var points: [SIMD3<Double>] = []
    /// Of each sighting of the tracks: whether it is one of its point.
    var agrees: [Bool] = []

    init(
        keypoints: [[Keypoint]], cameras: [Camera], opticsOf: [Int], optics: [SharedOptics], options: SceneOptions
    ) {
        (self.keypoints, self.cameras, self.opticsOf) = (keypoints, cameras, opticsOf)
        (self.optics, self.options) = (optics, options)
        let pixels = cameras.map { Double($0.intrinsics.width * $0.intrinsics.height) }.max() ?? 1
        grain = pixels > 3e6 ? (pixels / 3e6).squareRoot() : min(1, max(0.5, (pixels / 1.2e6).squareRoot()))
        placed = [Bool](repeating: false, count: cameras.count)
        tracks = Tracks([], counts: keypoints.map(\.count))
    }

    var placedCount: Int { placed.count { $0 } }

    /// Takes other tracks; none of them has a point yet.
    mutating func take(_ tracks: Tracks) {
        self.tracks = tracks
        points = [SIMD3<Double>](repeating: .zero, count: tracks.count)
        agrees = [Bool](repeating: false, count: tracks.views.count)
    }

    /// The sightings of a track that agree with its point.
    func agreeing(in track: Int) -> [Int] { tracks.sightings(of: track).filter { agrees[$0] } }

    func place(of sighting: Int) -> SIMD2<Double> {
        keypoints[tracks.views[sighting]][tracks.keypoints[sighting]].place
    }

    /// Points that each view has a sighting of, whether it is placed or not: (track, sighting).
    func seen() -> [[(track: Int, sighting: Int)]] {
        var seen = [[(track: Int, sighting: Int)]](repeating: [], count: cameras.count)
        for track in 0..<tracks.count where tracks.sightings(of: track).contains(where: { agrees[$0] }) {
            for sighting in tracks.sightings(of: track) { seen[tracks.views[sighting]].append((track, sighting)) }
        }
        return seen
    }
}
