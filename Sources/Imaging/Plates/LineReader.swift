internal import CVShim
internal import Pipeline

/// Reads a line of text in Latin letters and digits.
struct LineReader {
    /// PP-OCR's reader of lines.
    let network: NeuralSession

    private static let height = 48, widths = [160, 320], classes = 18_710, stride = 8
    /// The network's classes of digits and letters, each the first of a run as in ASCII, and of umlauts; 0 is nothing.
    private static let runs: [(classes: Range<Int32>, first: UInt8)] = [
        (33..<43, UInt8(ascii: "0")), (43..<69, UInt8(ascii: "A")), (69..<95, UInt8(ascii: "A")),
    ]
    private static let umlauts: [Int32: Swift.Character] = [128: "Ä", 146: "Ö", 152: "Ü"]

    /// A character and how sure the network is of it, 0...1; nil for one that is neither Latin letter nor digit.
    struct Character: Equatable {
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
            if kind != 0 && kind != last { found.append(Character(letter: letter(kind), confidence: Double(share))) }
            last = kind
        }
        return found
    }

    private static func letter(_ kind: Int32) -> Swift.Character? {
        guard let run = runs.first(where: { $0.classes.contains(kind) }) else { return umlauts[kind] }
        return Swift.Character(UnicodeScalar(run.first + UInt8(kind - run.classes.lowerBound)))
    }
}

extension PlateQuad {
    /// Mean width over mean height.
    var aspect: Double {
        func length(_ from: Int, _ to: Int) -> Double {
            let side = corners[to] - corners[from]
            return (side * side).sum().squareRoot()
        }
        return (length(0, 1) + length(3, 2)) / max(length(0, 3) + length(1, 2), 1e-9)
    }
}
