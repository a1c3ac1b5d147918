public import Pipeline

/// What a file of ours says of its own making: where its content comes from, and what was done to it.
///
/// It says nothing of persons, places, devices or times, so equal work gives equal bytes.
public struct Provenance: Sendable, Equatable {
    /// One thing that was done, in the order in which it was.
    public struct Step: Sendable, Equatable {
        /// Such as `cutout`, `resample`: letters, digits and dashes.
        public let action: String
        /// `key=value` words; empty when there is nothing to say.
        public let parameters: String

        public init(_ action: String, _ parameters: String = "") {
            (self.action, self.parameters) = (action, parameters)
        }
    }

    public var sourceType: SourceType
    /// SHA-256 of the photo that the work began with; nil where it began with several.
    public var original: String?
    /// SHA-256 of the file that this one was made from; nil when that is the original.
    public var parent: String?
    public var steps: [Step]

    public init(sourceType: SourceType, original: String? = nil, parent: String? = nil, steps: [Step] = []) {
        (self.sourceType, self.original, self.parent, self.steps) = (sourceType, original, parent, steps)
    }

    /// The same, after more was done.
    public func adding(_ steps: [Step], as sourceType: SourceType? = nil) -> Provenance {
        var more = self
        more.steps += steps
        more.sourceType = sourceType ?? self.sourceType
        return more
    }

    /// Millimetres of 35 mm film, where a file's history kept it of its photo.
    public var focalLength35: Double? {
        let mark = "focal35="
        let steps = steps.filter { $0.action == "cutout" || $0.action == PlateRecord.action }
        return steps.flatMap { $0.parameters.split(separator: " ") }.last { $0.hasPrefix(mark) }
            .flatMap { Double($0.dropFirst(mark.count)) }
    }

    /// The name that files give this program.
    static let software = "Rundum \(Version.current)"
}

extension Provenance {
    /// What a stage's input says of itself, as the beginning of what is made of it.
    ///
    /// A file of ours goes on with its record. Of another, its own IPTC term is kept; a file that has none is a photo.
    public init(of input: StageInput, in context: StageContext) throws(Failure) {
        let text = try ImageFile.metadata(input, in: context)
        self = Provenance(packet: text, of: input.sha256)
    }

    /// - Parameters:
    ///   - packet: XMP of any origin; nothing of it is trusted but the few words that are known.
    ///   - sha256: of the file that carries it.
    init(packet: String, of sha256: String) {
        let found = PacketReader(packet)
        let own = sha256.isEmpty ? nil : sha256
        guard let original = found.original else {
            self.init(sourceType: found.sourceType ?? .digitalCapture, original: own)
            return
        }
        self.init(
            sourceType: found.sourceType ?? .algorithmicallyEnhanced, original: original, parent: own,
            steps: found.steps)
    }
}

extension [Truth.Operation] {
    /// As a file's record says them, in few words: white balance and tone are one step.
    public var steps: [Provenance.Step] {
        var steps: [Provenance.Step] = []
        var colour: (at: Int, words: [String])?
        for operation in self {
            if operation.name == "resample" {
                steps.append(Provenance.Step(operation.name, operation.words.joined(separator: " ")))
            } else {
                colour = (colour?.at ?? steps.count, (colour?.words ?? []) + operation.words)
            }
        }
        guard let colour else { return steps }
        steps.insert(Provenance.Step("tone", colour.words.joined(separator: " ")), at: colour.at)
        return steps
    }
}

extension Truth.Operation {
    fileprivate var words: [String] {
        let numbers = [("scale", scale), ("roll", roll), ("gain", gain)].compactMap { key, value in
            value.map { "\(key)=\($0)" }
        }
        guard let gains else { return numbers }
        return numbers + ["gains=" + gains.map { "\($0)" }.joined(separator: ",")]
    }
}
