internal import Imaging
internal import Pipeline

/// Whether a person must look before a cut-out is used.
struct CutoutReview {
    /// Below it nothing stands out well enough.
    static let leastConfidence = 0.5
    /// Every vehicle looks at least so much like one.
    static let leastLikeness = 0.25

    private let subject: CutoutOptions.Subject

    init(_ options: CutoutOptions) { subject = options.subject }

    /// - Parameter geometry: nil when nothing is opaque.
    func flag(_ matte: Matte, _ geometry: ObjectGeometry?, slot: String) -> ReviewFlag? {
        guard geometry != nil, matte.confidence >= Self.leastConfidence else {
            return ReviewFlag(
                code: "no_main_object", summary: "No car or other main object stands out on this photo.",
                hint: "Take it again with the whole car in the middle.", slot: slot)
        }
        guard subject == .vehicle, let share = matte.vehicleShare, share < Self.leastLikeness else { return nil }
        return ReviewFlag(
            code: "not_a_vehicle", summary: "The main object of this photo does not look like a vehicle.",
            hint: "Look at the photo; the option subject=any takes other objects.", slot: slot)
    }
}
