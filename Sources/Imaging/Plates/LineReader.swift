internal import CVShim
internal import Pipeline

/// Reads a line of text in Latin letters and digits.
struct LineReader {
    /// PP-OCR's reader of lines.
    let network: NeuralSession

    private static let height = 48, widths = [160, 320], classes = 18_710, stride = 8
    /// The network's classes of digits and letters, each the first of a run as in ASCII; of umlauts; and of what stands
    /// between groups. 0 is nothing.
    private static let digits: Range<Int32> = 33..<43, capitals: Range<Int32> = 43..<69, smalls: Range<Int32> = 69..<95
    private static let umlauts: [Int32: Swift.Character] = [128: "Ä", 146: "Ö", 152: "Ü"]
    private static let separators: Set<Int32> = [1, 7, 10, 13, 14, 15, 16, 17, 19, 27, 30, 32, 115, 18_709]

    /// A character and how sure the network is of it, 0...1.
    struct Character: Equatable {
        enum Kind { case capital, small, digit, separator, other }
        let kind: Kind
        /// A capital or a digit; nil for all others.
        let letter: Swift.Character?
        let confidence: Double
    }

    func characters(at quad: PlateQuad, of picture: Bitmap, cancel: CancelFlag?) throws(Failure) -> [Character] {
        let wanted = Int((quad.aspect * Double(Self.height)).rounded())
        let width = Self.widths.first { $0 >= wanted } ?? Self.widths[Self.widths.count - 1]
        let size = MapSize(width: width, height: Self.height)
        let planes = try size.planes(3) { base, _, error in
            cvs_plates_strip(
                picture.handle, quad.values, Int32(clamping: max(1, min(width, wanted))), Int32(clamping: width),
                Int32(clamping: Self.height), base, error)
        }
        let steps = width / Self.stride
        let scores = try network.run(
            planes, count: 3, width: width, height: Self.height, giving: steps * Self.classes, cancel: cancel)
        return try Self.characters(scores, steps)
    }

    /// Repeated classes are one character, the empty class parts them (CTC: Graves et al., ICML 2006).
    private static func characters(_ scores: [Float], _ steps: Int) throws(Failure) -> [Character] {
        var (classes, shares) = ([Int32](repeating: 0, count: steps), [Float](repeating: 0, count: steps))
        try checkShim { error in
            scores.withUnsafeBufferPointer { from in
                guard let base = from.baseAddress else { return .badArgument }
                return cvs_plates_likeliest(
                    base, Int32(clamping: steps), Int32(clamping: Self.classes), &classes, &shares, error)
            }
        }
        var (found, last) = ([Character](), Int32(0))
        for (kind, share) in zip(classes, shares) {
            if kind != 0, kind != last { found.append(character(kind, Double(share))) }
            last = kind
        }
        return found
    }

    private static func character(_ kind: Int32, _ share: Double) -> Character {
        func letter(_ first: Unicode.Scalar, _ range: Range<Int32>) -> Swift.Character {
            Swift.Character(UnicodeScalar(UInt8(first.value) + UInt8(kind - range.lowerBound)))
        }
        if digits.contains(kind) { return Character(kind: .digit, letter: letter("0", digits), confidence: share) }
        if capitals.contains(kind) {
            return Character(kind: .capital, letter: letter("A", capitals), confidence: share)
        }
        if let umlaut = umlauts[kind] { return Character(kind: .capital, letter: umlaut, confidence: share) }
        if smalls.contains(kind) { return Character(kind: .small, letter: letter("A", smalls), confidence: share) }
        return Character(kind: separators.contains(kind) ? .separator : .other, letter: nil, confidence: share)
    }
}
