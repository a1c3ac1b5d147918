internal import Foundation
public import Pipeline

/// The stages that tests run in executors.
public enum FixtureStages {
    public static func registry() -> StageRegistry {
        var registry = StageRegistry()
        registry.register(EchoStage())
        registry.register(GateStage())
        registry.register(FaultStage())
        return registry
    }
}

public struct EchoOptions: StageOptions {
    public var text = "hello"
    public init() {}
    public static let schema = OptionsSchema([
        OptionField("text", .string(maxLength: 1000), default: "hello", "what is written")
    ])
}

/// Copies its inputs and writes its text; `review` as text asks for a person.
public struct EchoStage: Stage {
    public struct Output: Codable, Sendable {
        let text: String
        let names: [String]
    }

    public static let kind: Kind = "echo"
    public static let version = 3
    public static let abstract = "Gives back what it got."
    public static let arity = InputArity.set(0...8)

    public static func budget(for options: EchoOptions) -> Budget {
        Budget(pixels: 0, bytes: 256 << 20, threads: 1, wallSeconds: 60)
    }

    public func identity(for options: EchoOptions) -> [String] { ["parrot-1"] }

    public func run(_ options: EchoOptions, in context: StageContext) async throws(Failure) -> Output {
        try context.checkpoint(0, "listening")
        for input in context.inputs {
            let bytes = try read(input)
            try write(bytes, as: "copies/\(input.slot)", "application/octet-stream", in: context)
        }
        try write(Data(options.text.utf8), as: "text", "text/plain", in: context)
        if options.text == "review" { context.review(ReviewFlag(code: "looks_odd", summary: "It looks odd.")) }
        context.log("echoed")
        try context.checkpoint(1, "spoken")
        return Output(text: options.text, names: context.inputs.map(\.name))
    }

    private func read(_ input: StageInput) throws(Failure) -> Data {
        guard let bytes = try? Data(contentsOf: input.file) else {
            throw Failure(.inputUnreadable, "The file can't be opened.")
        }
        if bytes == Data("broken".utf8) { throw Failure(.imageCorrupt, "The picture is damaged.") }
        return bytes
    }
}

public struct GateOptions: StageOptions {
    public var folder = ""
    public init() {}
    public static let schema = OptionsSchema([
        OptionField("folder", .string(maxLength: 1000), default: "", "where the gate stands")
    ])
}

/// Writes its process id to `folder/started-<pid>` and goes on when `folder/open` is there: a job that tests hold in the middle.
public struct GateStage: Stage {
    public struct Output: Codable, Sendable { let passed: Bool }

    public static let kind: Kind = "gate"
    public static let version = 1
    public static let abstract = "Waits at a gate."
    public static let arity = InputArity.set(0...8)

    public static func budget(for options: GateOptions) -> Budget {
        Budget(pixels: 0, bytes: 256 << 20, threads: 1, wallSeconds: 120)
    }

    public func run(_ options: GateOptions, in context: StageContext) async throws(Failure) -> Output {
        let folder = URL(filePath: options.folder)
        try? Data().write(to: folder.appending(path: "started-\(getpid())"))
        while !FileManager.default.fileExists(atPath: folder.appending(path: "open").path) {
            try context.checkpoint(0.5, "waiting")
            usleep(5000)
        }
        try write(Data("through".utf8), as: "text", "text/plain", in: context)
        return Output(passed: true)
    }
}

func write(_ bytes: Data, as name: String, _ mediaType: String, in context: StageContext) throws(Failure) {
    let file = context.scratch.appending(path: UUID().uuidString)
    guard (try? bytes.write(to: file)) != nil else {
        throw Failure(.storageUnavailable, "The output can't be written.")
    }
    try context.emit(EmittedFile(name: name, path: name, file: file, mediaType: mediaType, width: 2, height: 1))
}
