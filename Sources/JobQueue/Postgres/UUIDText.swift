internal import Foundation

/// Ids as PostgreSQL writes and reads them; Foundation's own ways cost as much as the rest of a row.
extension UUID {
    /// From 32 hexadecimal digits, with or without dashes.
    init?(hexadecimal text: UnsafeBufferPointer<UInt8>) {
        var words: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for character in text {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "-"): continue
            default: return nil
            }
            words = (words.0 << 4 | words.1 >> 60, words.1 << 4 | UInt64(digit))
            digits += 1
        }
        guard digits == 32 else { return nil }
        self.init(words.0, words.1)
    }

    /// From its 128 bits, the upper ones first.
    init(_ high: UInt64, _ low: UInt64) {
        func byte(_ word: UInt64, _ place: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (56 - 8 * place)) }
        self.init(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5),
                byte(high, 6), byte(high, 7), byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3), byte(low, 4),
                byte(low, 5), byte(low, 6), byte(low, 7)
            ))
    }

    /// Writes 32 hexadecimal digits, without dashes.
    func write(to bytes: inout [UInt8]) {
        withUnsafeBytes(of: uuid) { parts in
            for part in parts {
                bytes.append(Self.digits[Int(part >> 4)])
                bytes.append(Self.digits[Int(part & 15)])
            }
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
