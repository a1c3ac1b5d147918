/// What a line says, as evidence for or against a number plate.
package struct PlateText: Equatable {
    package enum Strength: Int, Comparable {
        /// Words, sizes, signs.
        case against
        /// Nothing was read.
        case blank
        /// Capitals alone, as many as a plate may have: a name in a number's place, or a word.
        case letters
        /// It may be one: few characters, or none but digits.
        case weak
        /// Letters and digits in groups, as on plates.
        case strong

        package static func < (one: Strength, other: Strength) -> Bool { one.rawValue < other.rawValue }
    }

    /// Capitals and digits, groups apart by a space where a gap or a sign stands between them.
    package let text: String
    package let strength: Strength
    /// Of the least sure character, and the mean of all, 0...1.
    package let least, mean: Double

    /// Characters of a plate, and of one that is cut; changes between letters and digits and back; characters that plates
    /// have none of.
    private static let lengths = 4...9, remainders = 2...9, groups = 5, strange = 1
    /// Letters of a plate that has no digits.
    private static let names = 3...8

    /// - Parameter isCut: the photo's border cuts the line, so that few characters of it are left.
    init(_ characters: [LineReader.Character], isCut: Bool = false) {
        let kept = characters.filter { $0.kind == .capital || $0.kind == .digit }
        (text, strength) = (Self.spaced(characters), Self.strength(characters, kept, isCut))
        least = kept.map(\.confidence).min() ?? 0
        mean = kept.isEmpty ? 0 : kept.map(\.confidence).reduce(0, +) / Double(kept.count)
    }

    private static func strength(
        _ all: [LineReader.Character], _ kept: [LineReader.Character], _ isCut: Bool
    ) -> Strength {
        if all.count(where: { $0.kind != .separator }) < 2 { return .blank }
        let digits = kept.count { $0.kind == .digit }
        let letters = kept.count - digits
        let odd = all.count { $0.kind == .small || $0.kind == .other }
        let changes = zip(kept, kept.dropFirst()).count { $0.kind != $1.kind }
        if digits == 0, odd == 0, names.contains(letters) { return .letters }
        guard odd <= strange, (isCut ? remainders : lengths).contains(kept.count), digits > 0, changes < groups else {
            return .against
        }
        return kept.count >= 5 && digits >= 2 && letters > 0 ? .strong : .weak
    }

    private static func spaced(_ characters: [LineReader.Character]) -> String {
        characters.reduce(into: "") { text, character in
            switch character.kind {
            case .capital, .digit: text.append(character.letter ?? " ")
            case .separator where text.last != " " && !text.isEmpty: text.append(" ")
            case .small, .separator, .other: break
            }
        }.trimmingSuffix { $0 == " " }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ drops: (Character) -> Bool) -> String {
        var rest = self[...]
        while let last = rest.last, drops(last) { rest.removeLast() }
        return String(rest)
    }
}
