public import Photogrammetry

/// What `reconstruct` found.
public struct ReconstructOutput: Codable, Sendable, Equatable {
    public struct View: Codable, Sendable, Equatable {
        public var slot: String
        /// Its camera was found.
        public var registered: Bool
        /// Why not; nil where it was.
        public var reason: String?
        /// Shared area over the area of both, of the photo's silhouette with the hull of all other photos; 0...1.
        public var agreement: Double?
    }

    /// How many cameras were found.
    public var registered: Int
    public var views: [View]
    /// `object`: from outlines round one car. `scene`: from points that photos share.
    public var path: String
    /// A best ... D.
    public var grade: String
    public var gradeReason: String
    /// Pixels: of points, root mean square; of outlines, how far their rays pass the others' hull in the mean.
    public var reprojectionError: Double
    /// Mean over the views of `agreement`; nil for a scene.
    public var agreement: Double?
    /// What else the grade rests on; nil for a scene.
    public var evidence: ObjectModel.Evidence?
    /// The car was taken to be its own mirror image.
    public var symmetric: Bool
    /// Focal length of the first photo in pixels.
    public var focal: Double
    public var scale: ObjectScale?
    /// Size of the model: width, height, length; in metres, of a scene in its own unit. Empty without a surface.
    public var dimensions: [Double]
    public var triangles: Int
    /// Of the model's surface, what a photo shows itself, what one shows mirrored, and what none shows; 0...1.
    public var seen, mirrored, unseen: Double
}
