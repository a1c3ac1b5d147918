internal import Foundation
internal import Pipeline
internal import Worker

/// `rundum run KIND FILE...`: one stage on files, in this process, without the queue.
struct RunCommand: Command {
    static let name = "run"
    static let abstract = "One kind on files, without the queue; many files in one process."
    static let usage = "KIND FILE... --out DIR [options]"
    static let out = Option(
        "--out", "DIR", "Results go to DIR/NAME/ for each file; kinds that take a set write DIR itself.")
    static let with = Option(
        "--with", "SLOT=FILE", "A file for an extra slot of the kind, the same for all files; may be given again.")
    static let options = [
        out, with,
        Option("--set", "KEY=VALUE", "Set an option of the kind; may be given again."),
        Option("--abreast", "N", "Work on N files at a time (default: one a core, at most 2)."),
        Option("--options", "FILE", "Take the options from a JSON file; --set goes before it."), .json,
    ]
    static let discussion =
        "rundum kinds KIND lists the options. Each result has a result.json with the hash of every file."
    static let examples = [
        Example("rundum run cutout car.jpg --out cut", "writes cut/car/mask.png, the cut-out and result.json"),
        Example(
            "rundum run cutout *.jpg --out cut --set precision=f32",
            "the exact arithmetic, with the same bytes for any number of threads"),
        Example("rundum run cutout *.jpg --out cut --with background=hall.jpg", "sets each car in front of your hall"),
    ]

    private let kind: Kind
    private let files: [URL]
    private let target: URL
    private let arguments: Arguments
    private let abreast: Int

    init(_ arguments: Arguments) throws(Failure) {
        guard let kind = arguments.operands.first, arguments.operands.count > 1 else {
            throw Failure(
                .invalidRequest, "A kind and at least one file are needed.", hint: "rundum kinds lists the kinds.")
        }
        self.kind = Kind(rawValue: kind)
        files = arguments.operands.dropFirst().map { URL(filePath: $0).absoluteURL }
        target = URL(filePath: try arguments.require(Self.out)).absoluteURL
        abreast = try arguments.integer("--abreast", in: 1...64) ?? min(2, ProcessInfo.processInfo.activeProcessorCount)
        self.arguments = arguments
    }

    func run() async throws(Failure) -> ExitStatus {
        ProcessHeap.share()
        let stage = try Composition.registry().stage(kind)
        var members = try arguments.value("--options").map(OptionWords.file) ?? [:]
        members.merge(try OptionWords.members(arguments.all("--set"), schema: stage.schema)) { $1 }
        let direct = DirectRun(stage: stage, options: try stage.complete(.object(members)))
        let jobs = try items(for: stage, with: Self.companions(arguments, of: stage))
        var bars = ProgressBars()
        let results = try await direct.run(jobs, abreast: abreast) { result, item, done in
            if let failure = result.failure { Terminal.say(failure.named(item.name)) }
            for flag in result.review {
                Terminal.say("\(Terminal.paint("look", .yellow)): \(item.name): \(flag.summary) [\(flag.code)]")
            }
            let share = Double(done) / Double(jobs.count)
            bars.draw([.init(title: kind.rawValue, fraction: share, note: "\(done)/\(jobs.count)  \(item.name)")])
        }
        if arguments.has("--json") { Terminal.out(try json(results)) }
        let good = results.filter { $0.ok && $0.review.isEmpty }.count
        return good == results.count ? .ok : good == 0 && results.allSatisfy({ !$0.ok }) ? .failed : .someFailed
    }

    /// One item a file with a folder of its own, or all files as one item.
    private func items(
        for stage: any AnyStage, with companions: [String: URL]
    ) throws(Failure) -> [DirectRun.Item] {
        guard case .one = stage.arity else {
            guard stage.arity.accepts(files.count) else {
                throw Failure(
                    .invalidInputs, "\(kind) does not take \(files.count) inputs.",
                    hint: "It takes \(stage.arity.words).")
            }
            return [DirectRun.Item(name: kind.rawValue, files: files, companions: companions, target: target)]
        }
        var taken: [String: Int] = [:]
        return files.map { file in
            let stem = file.deletingPathExtension().lastPathComponent
            taken[stem, default: 0] += 1
            let unique = taken[stem] == 1 ? stem : "\(stem)-\(taken[stem] ?? 1)"
            return DirectRun.Item(
                name: file.lastPathComponent, files: [file], companions: companions,
                target: target.appending(path: unique))
        }
    }

    /// The files of `--with`, by slot.
    static func companions(_ arguments: Arguments, of stage: any AnyStage) throws(Failure) -> [String: URL] {
        var found: [String: URL] = [:]
        for word in arguments.all("--with") {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw Failure(.invalidRequest, "--with takes SLOT=FILE, not \(word).") }
            guard stage.companions.contains(parts[0]) else {
                let slots = stage.companions.sorted().joined(separator: ", ")
                throw Failure(
                    .invalidInputs, "\(stage.kind) has no extra slot \(parts[0]).",
                    hint: slots.isEmpty ? "It takes none." : "It takes: \(slots).")
            }
            found[parts[0]] = URL(filePath: parts[1]).absoluteURL
        }
        return found
    }
}
