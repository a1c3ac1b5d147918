import Foundation
import Pipeline

/// The smallest stage that uses every part of the contract.
struct SampleStage: Stage {
    struct Options: StageOptions {
        var size = 10
        var label = "plain"
        var note: String?
        static let schema = OptionsSchema([
            OptionField("size", .integer(1...100), default: 10, "A side."),
            OptionField("label", .string(maxLength: 20), default: "plain", "A word."),
            OptionField("note", .string(maxLength: 20), default: .null, "A remark."),
        ])
    }
    struct Output: Codable, Sendable { var area: Int }

    static let kind: Kind = "sample"
    static let version = 3
    static let abstract = "Squares a number."
    static let arity = InputArity.set(1...2)

    static func validate(_ options: Options) throws(Failure) {
        if options.label == "forbidden" { throw Failure(.invalidOptions, "That label is taken.") }
    }

    static func budget(for options: Options) -> Budget {
        Budget(pixels: options.size * options.size, bytes: 1 << 20, wallSeconds: 1)
    }

    func identity(for options: Options) throws(Failure) -> [String] { ["model-\(options.label)"] }

    func run(_ options: Options, in context: StageContext) async throws(Failure) -> Output {
        try context.checkpoint(0.5, "squaring")
        return Output(area: options.size * options.size)
    }
}

/// A stage that relies on every default of the protocol.
struct PlainStage: Stage {
    struct Options: StageOptions { static let schema = OptionsSchema([]) }
    struct Output: Codable, Sendable {}
    static let kind: Kind = "plain"
    static let version = 1
    static let abstract = "Does nothing."
    static let arity = InputArity.one
    static func budget(for options: Options) -> Budget { Budget(pixels: 1, bytes: 1, threads: 1, wallSeconds: 1) }
    func run(_ options: Options, in context: StageContext) async throws(Failure) -> Output { Output() }
}
