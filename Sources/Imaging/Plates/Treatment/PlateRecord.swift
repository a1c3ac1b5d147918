/// What a file's history says of the plates that were covered on it: how many, with what, and where the largest is.
public struct PlateRecord: Sendable, Equatable {
    static let action = "plates"

    public let treatment: PlateTreatment
    public let count: Int
    /// The largest, in pixels of the photo.
    public let largest: PlateQuad?

    public init(treatment: PlateTreatment, quads: [PlateQuad]) {
        (self.treatment, count) = (treatment, quads.count)
        largest = quads.max { abs($0.area) < abs($1.area) }
    }

    /// - Parameter focal35: of the photo's lens in millimetres of 35 mm film, which its EXIF told.
    public func step(focal35: Double?) -> Provenance.Step {
        var words = ["cover=\(treatment.rawValue)", "count=\(min(count, 999))"]
        if let focal35, (1...2_000).contains(focal35) { words.append("focal35=\((focal35 * 10).rounded() / 10)") }
        if let largest, largest.corners.allSatisfy({ min($0.x, $0.y) > -99 && max($0.x, $0.y) < 99_999 }) {
            let numbers = largest.corners.flatMap { [Self.short($0.x), Self.short($0.y)] }
            words.append("at=" + numbers.joined(separator: ","))
        }
        return Provenance.Step(Self.action, words.joined(separator: " "))
    }

    /// To a tenth of a pixel below 1000, since a record has little room.
    private static func short(_ value: Double) -> String {
        abs(value) < 999.95 ? "\((value * 10).rounded() / 10)" : "\(Int(value.rounded()))"
    }
}

extension Provenance {
    /// Where the largest covered plate is, as the history tells it; nil where it tells of none.
    public var coveredPlate: PlateQuad? {
        let mark = "at="
        let words = steps.last { $0.action == PlateRecord.action }?.parameters.split(separator: " ") ?? []
        let numbers = words.first { $0.hasPrefix(mark) }?.dropFirst(mark.count).split(separator: ",").map { Double($0) }
        guard let numbers, numbers.count == 8, !numbers.contains(nil) else { return nil }
        let values = numbers.compactMap(\.self)
        return PlateQuad(corners: (0..<4).map { [values[2 * $0], values[2 * $0 + 1]] })
    }
}
