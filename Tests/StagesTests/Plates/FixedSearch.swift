import Imaging
import Pipeline

@testable import Stages

/// Finds what it was told to find.
struct FixedSearch: PlateSearch {
    var plates: [FoundPlate] = []
    var suspects: [SuspectRegion] = []

    func identity(for options: PlatesOptions) throws(Failure) -> [String] { ["fixed"] }
    func warmUp(_ options: PlatesOptions, threads: Int) throws(Failure) {}
    func findings(
        on photo: Bitmap, _ options: PlatesOptions, in context: StageContext
    ) throws(Failure) -> PlateFindings {
        try context.checkpoint(0.3, "looking")
        return PlateFindings(
            plates: plates.map {
                FoundPlate(
                    quad: $0.quad, confidence: $0.confidence, country: $0.country,
                    reading: options.text ? $0.reading : nil)
            }, suspects: suspects)
    }

    static func quad(_ x: Double, _ y: Double, _ width: Double = 94, _ height: Double = 20) -> PlateQuad? {
        PlateQuad(corners: [[x, y], [x + width, y + 2], [x + width, y + height + 2], [x, y + height]])
    }
}
