import Foundation
import Imaging

/// What the evaluation reads of one photo.
struct PlateRecord: Encodable {
    struct Plate: Encodable {
        let quad: [[Double]]
        let cover: [[Double]]?
        let confidence: Double
        let country: String?
        let text: String?
        let reason: String?
    }

    let photo: String
    let seconds: Double
    let plates: [Plate]
    let suspects: [Plate]

    init(_ photo: URL, _ found: PlateFindings, seconds: Double) {
        func places(_ quad: PlateQuad) -> [[Double]] { quad.corners.map { [$0.x, $0.y] } }
        self.photo = photo.path
        self.seconds = seconds
        plates = found.plates.map {
            Plate(
                quad: places($0.quad), cover: places($0.quad.cover), confidence: $0.confidence, country: $0.country,
                text: $0.reading?.text,
                reason: nil)
        }
        suspects = found.suspects.map {
            Plate(
                quad: places($0.quad), cover: nil, confidence: $0.confidence, country: nil, text: nil,
                reason: $0.reason.rawValue)
        }
    }
}
