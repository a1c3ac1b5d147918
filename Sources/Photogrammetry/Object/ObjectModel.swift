/// One object from photos all round it: its cameras, its shape, its colours, and how far they may be trusted.
///
/// Metres, y up, the ground at 0, a car facing +z.
public struct ObjectModel: Sendable {
    /// One a photo, in the photos' order.
    public let cameras: [Camera]
    public let model: TexturedModel
    /// What `model` was made of.
    public let mesh: Mesh
    public let verdict: Verdict
    /// Shared area over the area of both, of each silhouette with the hull of all other views; 0...1.
    public let agreement: [Double]
    /// How far the outlines' rays pass the other views' hull, in pixels in the mean.
    public let shortfall: Double
    /// The object was taken to be its own mirror image.
    public let isSymmetric: Bool
    public let scale: ObjectScale
    /// The car's four wheels; empty where they were not found.
    public let wheels: [Wheel]
    public let evidence: Evidence

    /// What the verdict rests on besides `agreement`; see `Ring` for each.
    public struct Evidence: Sendable, Equatable, Codable {
        /// Below 0.1 for exact outlines, about 0.5 for those of a network, above 1.5 for what is no ring round one object.
        public let cost: Double
        /// How many times the best rival's cost is this one's; nil where there was none.
        public let distinctness: Double?
        /// By how much of its height the front is lower than the rear.
        public let facing: Double

        init(_ ring: Ring) {
            func short(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
            (cost, facing) = (short(ring.cost), short(ring.facing))
            distinctness = ring.distinctness.isFinite ? short(ring.distinctness) : nil
        }
    }
}
