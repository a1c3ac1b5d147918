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

    struct Candidate: Encodable {
        let quad: [[Double]]
        let surface, middle, mean, least, likeness, height, aspect: Double
        let text: String
        let strength: Int
        let isCut: Bool
    }

    let photo: String
    let seconds: Double
    let plates: [Plate]
    let suspects: [Plate]
    let candidates: [Candidate]

    init(
        _ photo: URL, _ found: PlateFindings, _ evidence: [PlateFinder.Look], seconds: Double
    ) {
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
        candidates = evidence.map { quad, said in
            Candidate(
                quad: places(quad), surface: said.surface, middle: said.middle, mean: said.text.mean,
                least: said.text.least, likeness: said.likeness, height: said.height, aspect: said.aspect,
                text: said.text.text, strength: said.text.strength.rawValue, isCut: said.isCut)
        }
    }
}
