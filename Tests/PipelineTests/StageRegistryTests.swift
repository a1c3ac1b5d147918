import Foundation
import Pipeline
import Testing

@Suite struct StageRegistryTests {
    private let registry = {
        var registry = StageRegistry()
        registry.register(SampleStage())
        registry.register(PlainStage())
        return registry
    }()

    private func inputs(_ slots: String...) -> [JobInput] {
        slots.map { JobInput(slot: $0, name: "\($0).jpg", source: .blob(sha256: "00")) }
    }

    private func failure<T>(_ body: () throws(Failure) -> T) -> Failure? {
        do { _ = try body() } catch { return error }
        return nil
    }

    @Test func `lists its kinds in order`() { #expect(registry.kinds == ["plain", "sample"]) }

    @Test func `an unknown kind is refused with the known ones`() {
        let failure = failure { () throws(Failure) in try registry.stage("cutuot") }
        #expect(failure?.code == .unknownKind)
        #expect(failure?.description.contains("plain, sample") == true)
    }

    @Test func `shows a stage without its types`() throws {
        let stage = try registry.stage("sample")
        #expect(stage.kind == "sample" && stage.version == 3 && stage.abstract == "Squares a number.")
        #expect(stage.arity == .set(1...2) && stage.schema == SampleStage.Options.schema)
        #expect(try stage.budget(for: ["size": 7]).pixels == 49)
        #expect(try stage.identity(for: ["label": "x"]) == ["sample@3", "model-x"])
        #expect(try registry.stage("plain").identity(for: [:]) == ["plain@1"])
        #expect(throws: Never.self) { try stage.warmUp() }
    }

    @Test func `completes options from their defaults`() throws {
        let stage = try registry.stage("sample")
        #expect(try stage.complete([:]) == ["size": 10, "label": "plain"])
        #expect(try stage.complete(["size": 4, "note": "n"]) == ["size": 4, "label": "plain", "note": "n"])
    }

    @Test func `null means the default`() throws {
        let stage = try registry.stage("sample")
        #expect(try stage.complete(["size": .null, "label": .null, "note": .null]) == ["size": 10, "label": "plain"])
    }

    @Test func `complete options stay as they are`() throws {
        let stage = try registry.stage("sample")
        let once = try stage.complete(["size": 12])
        #expect(try stage.complete(once) == once)
    }

    @Test(
        arguments: [
            (["sise": 1], .unknownOption), (["size": 0], .invalidOptions), (["size": "1"], .invalidOptions),
            (["label": "forbidden"], .invalidOptions), ([1], .invalidOptions),
        ] as [(JSONValue, Failure.Code)])
    func `wrong options are refused wherever they come in`(options: JSONValue, code: Failure.Code) async throws {
        let stage = try registry.stage("sample")
        #expect(failure { () throws(Failure) in try stage.complete(options) }?.code == code)
        #expect(failure { () throws(Failure) in try stage.budget(for: options) }?.code == code)
        #expect(failure { () throws(Failure) in try stage.identity(for: options) }?.code == code)
        await #expect { try await stage.run(options, in: RecordingSink().context()) } throws: {
            ($0 as? Failure)?.code == code
        }
    }

    @Test func `runs a stage and gives its output as JSON`() async throws {
        let sink = RecordingSink()
        let output = try await registry.stage("sample").run(["size": 6], in: sink.context())
        #expect(output == ["area": 36])
        #expect(sink.events == [.progress(0.5, "squaring")])
    }

    @Test func `admits a request with its options complete and the rest untouched`() throws {
        let request = JobRequest(
            kind: "sample", options: ["size": 5], inputs: inputs("front", "left"), subject: "car-1", priority: 3,
            runAt: Date(timeIntervalSince1970: 0), maxAttempts: 2)
        var expected = request
        expected.options = ["size": 5, "label": "plain"]
        #expect(try registry.admit(request) == expected)
    }

    @Test func `refuses too few, too many and doubled inputs`() {
        for slots in [inputs(), inputs("a", "b", "c"), inputs("a", "a")] {
            let found = failure { () throws(Failure) in try registry.admit(JobRequest(kind: "sample", inputs: slots)) }
            #expect(found?.code == .invalidInputs)
        }
        let found = failure { () throws(Failure) in
            try registry.admit(JobRequest(kind: "plain", inputs: inputs("a", "b")))
        }
        #expect(found?.hint == "It takes one input.")
        #expect(
            failure { () throws(Failure) in try registry.admit(JobRequest(kind: "none", inputs: [])) }?.code
                == .unknownKind)
    }

    @Test func `arity in words`() {
        #expect(InputArity.one.words == "one input" && InputArity.set(1...36).words == "1 to 36 inputs")
        #expect(InputArity.one.accepts(1) && !InputArity.one.accepts(0) && !InputArity.one.accepts(2))
    }

    @Test func `two stages of one kind are a programmer's mistake`() async {
        await #expect(processExitsWith: .failure) {
            var registry = StageRegistry()
            registry.register(PlainStage())
            registry.register(PlainStage())
        }
    }
}
