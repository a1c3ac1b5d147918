/// How countries write their plates: guesses a plate's country by what it says and its shape.
enum PlateFormat {
    /// Letters (A) and digits (9) in forms that one country has for itself, or far more of than others.
    private static let forms: [(country: String, pattern: String)] = [
        ("ES", "9999AAA"), ("UA", "AA9999AA"), ("GB", "AA99AAA"), ("CZ", "9A99999"), ("NL", "99AAA9"),
        ("BR", "AAA9999"), ("BR", "AAA9A99"),
    ]
    /// Plates less wide than this are American, or of two lines: their forms tell little.
    private static let narrow = 2.6
    /// A German plate's letters of a district, those after them, and digits.
    private static let district = 1...3, series = 1...2, number = 1...4

    /// - Parameters:
    ///   - text: capitals and digits, groups apart by spaces.
    ///   - aspect: width over height; American plates are 2 : 1, European ones 4.7 : 1.
    static func country(of text: String, aspect: Double) -> String? {
        let groups = text.split(separator: " ").map(String.init)
        let joined = groups.joined()
        if aspect < narrow { return nil }
        if isGerman(groups) { return "DE" }
        return forms.first { matches(joined, $0.pattern) }?.country
    }

    /// A district, letters and a number apart from one another, such as M AB 1234.
    private static func isGerman(_ groups: [String]) -> Bool {
        guard groups.count == 3 || groups.count == 2 else { return false }
        let letters = groups[0]
        let last = groups[groups.count - 1]
        guard district.contains(letters.count), letters.allSatisfy(\.isLetter) else { return false }
        let middle = groups.count == 3 ? groups[1] : String(last.prefix { $0.isLetter })
        let rest = groups.count == 3 ? last : String(last.dropFirst(middle.count))
        let digits = rest.last == "E" || rest.last == "H" ? String(rest.dropLast()) : rest
        return series.contains(middle.count) && middle.allSatisfy(\.isLetter) && number.contains(digits.count)
            && digits.allSatisfy(\.isNumber) && digits.first != "0"
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        text.count == pattern.count
            && zip(text, pattern).allSatisfy { $1 == "A" ? $0.isLetter : $0.isNumber }
    }
}
