public import Imaging
internal import Pipeline

/// What `plates` found and did.
public struct PlatesOutput: Codable, Sendable, Equatable {
    /// The surest first.
    public let plates: [Plate]
    /// What a person must look at, or has looked at.
    public let suspects: [Suspect]
    /// Names the suspects: the options `approve` and `cover` take it.
    public let mark: String?
    /// What a person decided about them: `approved` or `covered`.
    public let decision: String?
    /// What was proven: outside of the covers every pixel is the photo's own.
    public let truth: Truth
    /// What ran: `f32` or `bf16`.
    public let precision: String

    public struct Plate: Codable, Sendable, Equatable {
        /// Four corners, x and y in pixels of the upright photo, clockwise from the top left as it is read.
        public let quad: [[Double]]
        /// x, y, width and height.
        public let box: [Int]
        /// 0...1.
        public let confidence: Double
        /// A guess: ISO 3166-1 alpha-2.
        public let country: String?
        /// What it says; only where it was asked for.
        public let text: String?
        /// How sure the text is, 0...1.
        public let textConfidence: Double?
        public let treatment: String
    }

    public struct Suspect: Codable, Sendable, Equatable {
        public let quad: [[Double]]
        public let box: [Int]
        /// `uncertain`, `cutAtBorder`, `unreadable`, `vehicleWithoutPlate`.
        public let reason: String
        public let confidence: Double
    }

    init(_ findings: PlateFindings, _ plan: PlatesPlan, truth: Truth, precision: String) {
        plates = zip(findings.plates, plan.treatments).map { plate, treatment in
            Plate(
                quad: plate.quad.short, box: plate.quad.box.numbers, confidence: Self.short(plate.confidence),
                country: plate.country, text: plate.reading?.text,
                textConfidence: plate.reading.map { Self.short($0.confidence) }, treatment: treatment.rawValue)
        }
        suspects = findings.suspects.map { suspect in
            Suspect(
                quad: suspect.quad.short, box: suspect.quad.box.numbers, reason: suspect.reason.rawValue,
                confidence: Self.short(suspect.confidence))
        }
        (mark, decision) = (plan.mark?.description, plan.decision?.rawValue)
        (self.truth, self.precision) = (truth, precision)
    }

    private static func short(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}

extension PlateQuad {
    fileprivate var short: [[Double]] {
        corners.map { [($0.x * 100).rounded() / 100, ($0.y * 100).rounded() / 100] }
    }
}

extension PixelBox {
    fileprivate var numbers: [Int] { [x, y, width, height] }
}
