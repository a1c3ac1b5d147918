internal import Pipeline

/// A command's words, sorted into operands and options; everything unknown is refused, with the nearest known name.
struct Arguments: Sendable, Equatable {
    private(set) var operands: [String] = []
    private var values: [String: [String]] = [:]

    /// - Parameter words: what follows the command's name. `--name=value` and `--name value` are the same; after `--`
    ///   everything is an operand.
    init(_ words: [String], options: [Option]) throws(Failure) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                operands += rest
                break
            }
            guard word.hasPrefix("-"), word != "-" else {
                operands.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let option = try Self.option(parts[0], among: options)
            try take(option, inline: parts.count > 1 ? parts[1] : nil, from: &rest)
        }
    }

    private static func option(_ name: String, among options: [Option]) throws(Failure) -> Option {
        if let option = options.first(where: { $0.name == name }) { return option }
        let nearest = nearest(to: name, among: options.map(\.name))
        let known = options.map(\.name).joined(separator: ", ")
        throw Failure(
            .invalidRequest, "There is no option \(name).",
            hint: nearest.map { "Did you mean \($0)?" } ?? (known.isEmpty ? nil : "Options are: \(known)."))
    }

    private mutating func take(
        _ option: Option, inline: String?, from rest: inout ArraySlice<String>
    ) throws(Failure) {
        guard let placeholder = option.value else {
            guard inline == nil else { throw Failure(.invalidRequest, "The option \(option.name) takes no value.") }
            values[option.name, default: []].append("")
            return
        }
        guard let value = inline ?? rest.popFirst() else {
            throw Failure(.invalidRequest, "The option \(option.name) needs a value: \(option.name) \(placeholder).")
        }
        values[option.name, default: []].append(value)
    }

    func has(_ option: String) -> Bool { values[option] != nil }
    /// The last value given.
    func value(_ option: String) -> String? { values[option]?.last }
    func all(_ option: String) -> [String] { values[option] ?? [] }

    func require(_ option: Option) throws(Failure) -> String {
        guard let value = value(option.name) else {
            throw Failure(.invalidRequest, "\(option.name) \(option.value ?? "") is missing.", hint: option.help)
        }
        return value
    }

    /// A whole number in `range`, or nil when the option was not given.
    func integer(_ option: String, in range: ClosedRange<Int>) throws(Failure) -> Int? {
        guard let text = value(option) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Failure(
                .invalidRequest,
                "\(option) must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(text).")
        }
        return number
    }

    /// Refuses operands where none are taken.
    func refuseOperands() throws(Failure) {
        guard let first = operands.first else { return }
        throw Failure(.invalidRequest, "\(first) was not expected.", hint: "Ask with --help what the command takes.")
    }
}

/// The candidate within two edits of `word`, if one is (Levenshtein's distance).
func nearest(to word: String, among candidates: [String]) -> String? {
    let ranked = candidates.map { (name: $0, distance: editDistance(word, $0)) }.min { $0.distance < $1.distance }
    return ranked.flatMap { $0.distance <= 2 ? $0.name : nil }
}

private func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, right) in b.enumerated() {
            let substituted = diagonal + (left == right ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.count]
}
