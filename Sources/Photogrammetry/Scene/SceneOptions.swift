/// How photos are put together; the defaults are what was measured best.
public struct SceneOptions: Sendable {
    /// Matches that must agree on one geometry, for two photos to count as overlapping.
    public var leastMatches = 30
    /// Points that must agree on a camera's place.
    public var leastPoints = 20
    /// Pixels that a match may lie from its geometry, of a picture of at most 3 million pixels.
    public var reach = 3.0
    /// Pixels that a sighting may lie from its point in the end.
    public var finalReach = 2.0
    /// Least angle in degrees between two rays of a point.
    public var leastAngle = 1.5
    /// Sightings a view that have a say while views are added.
    public var draftSightings = 400
    /// Sightings a view that have a say in the end.
    public var finalSightings = 3_000
    /// Lens distortion is found along with the focal length.
    public var findsDistortion = true
    /// Matches are looked for once more when the cameras are known.
    public var matchesAgain = true

    public init() {}
}

/// How far the work has come: 0...1, and a present-participle phrase for people.
public typealias SceneProgress = @Sendable (_ fraction: Double, _ step: String) -> Void
