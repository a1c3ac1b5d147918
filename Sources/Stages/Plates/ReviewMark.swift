internal import Imaging

/// Names exactly what a person was shown: the photo, what was covered on it and what was marked. Another finding, another
/// mark, so that a decision holds for nothing but what was seen.
struct ReviewMark: Equatable, CustomStringConvertible {
    let description: String

    /// From its 12 hexadecimal digits; nil for anything else.
    init?(_ text: String) {
        guard text.utf8.count == 12, text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
            return nil
        }
        description = text
    }

    /// - Parameter sha256: of the photo.
    init(of findings: PlateFindings, sha256: String) {
        var words = [sha256]
        words += findings.plates.map { Self.place($0.quad) }
        words += findings.suspects.map { "\($0.reason.rawValue) \(Self.place($0.quad))" }
        // Fowler, Noll and Vo's FNV-1a of 64 bits: it names, it proves nothing.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in words.joined(separator: "\n").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        description = String((String(repeating: "0", count: 16 - digits.count) + digits).suffix(12))
    }

    private static func place(_ quad: PlateQuad) -> String {
        quad.corners.map { "\(Int($0.x.rounded())),\(Int($0.y.rounded()))" }.joined(separator: " ")
    }
}
