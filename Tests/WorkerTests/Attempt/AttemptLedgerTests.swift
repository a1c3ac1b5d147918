import Pipeline
import Testing

@testable import Worker

@Suite struct AttemptLedgerTests {
    private let ledger = AttemptLedger(attempt: 7)

    @Test func `progress never goes back and is never nonsense`() throws {
        for fraction in [0.2, 0.5, 0.3, .nan, .infinity, -1] {
            _ = try ledger.receive(.progress(attempt: 7, fraction: fraction, step: "step \(fraction)"))
        }
        #expect(ledger.progress == JobProgress(fraction: 0.5, step: "step 0.5"))
        _ = try ledger.receive(.progress(attempt: 7, fraction: 9, step: String(repeating: "x", count: 999)))
        #expect(ledger.progress.fraction == 1)
        #expect(ledger.progress.step.count == 200)
    }

    @Test func `words about another attempt are dropped`() throws {
        #expect(try ledger.receive(.done(attempt: 6, data: [:])) == nil)
        #expect(try ledger.receive(.failed(attempt: 8, failure: Failure(.cancelled, "x"))) == nil)
        _ = try ledger.receive(.log(attempt: 6, message: "late"))
        _ = try ledger.receive(.emit(attempt: 6, file: note("a", "a")))
        _ = try ledger.receive(.review(attempt: 6, flag: ReviewFlag(code: "c", summary: "s")))
        _ = try ledger.receive(.progress(attempt: 6, fraction: 1, step: "late"))
        #expect(ledger.content == AttemptLedger.Entries())
    }

    @Test func `ends are answered`() throws {
        #expect(try ledger.receive(.done(attempt: 7, data: [1])) == .done([1]))
        let failure = Failure(.imageEmpty, "s")
        #expect(try ledger.receive(.failed(attempt: 7, failure: failure)) == .failed(failure))
    }

    @Test func `only the last lines of a chatterer are kept, shortened`() throws {
        for index in 0..<250 { _ = try ledger.receive(.log(attempt: 7, message: "\(index)")) }
        _ = try ledger.receive(.log(attempt: 7, message: String(repeating: "x", count: 5000)))
        #expect(ledger.content.log.count == AttemptLedger.maxLogLines)
        #expect(ledger.content.log.first == "151")
        #expect(ledger.content.log.last?.count == AttemptLedger.maxLineLength)
    }

    @Test func `outputs and flags have limits`() throws {
        for index in 0..<AttemptLedger.maxFlags {
            _ = try ledger.receive(.review(attempt: 7, flag: ReviewFlag(code: "\(index)", summary: "s")))
        }
        #expect(throws: Failure.self) {
            try ledger.receive(.review(attempt: 7, flag: ReviewFlag(code: "one more", summary: "s")))
        }
    }

    @Test func `texts without end are cut or refused`() throws {
        let long = String(repeating: "x", count: 1 << 20)
        let end = try ledger.receive(.failed(attempt: 7, failure: Failure(.imageEmpty, long, detail: long)))
        guard case .failed(let failure) = end else { throw Failure(.internalError, "no failure") }
        #expect(failure.summary.count == 2000 && failure.detail?.count == 2000 && failure.hint == nil)
        #expect(throws: Failure.self) {
            try ledger.receive(.review(attempt: 7, flag: ReviewFlag(code: "c", summary: long)))
        }
    }

    @Test(arguments: ["image/png", "model/gltf-binary", "image/svg+xml", "application/vnd.a_b.c-2"])
    func `these are media types`(text: String) { #expect(AttemptLedger.isMediaType(text)) }

    @Test(arguments: ["", "png", "image/", "/png", "a/b/c", "text/html\r\nX: y", "text/html; charset=x", "ä/b"])
    func `these are none, and an output with one is against the rules`(text: String) throws {
        #expect(!AttemptLedger.isMediaType(text))
        let note = EmitNote(name: "a", path: "a", file: "/x", mediaType: text, width: nil, height: nil)
        #expect(throws: Failure.self) { try ledger.receive(.emit(attempt: 7, file: note)) }
    }

    @Test(arguments: [("a", "b.png"), ("b", "a.png"), ("c", "../c.png"), ("/c", "c.png"), ("c", ".hidden")])
    func `an output twice or astray is against the rules`(name: String, path: String) throws {
        _ = try ledger.receive(.emit(attempt: 7, file: note("a", "a.png")))
        let failure = #expect(throws: Failure.self) { try ledger.receive(.emit(attempt: 7, file: note(name, path))) }
        #expect(failure?.code == .workerCrashed)
    }

    @Test(arguments: ["a", "mask.png", "frames/003.webp", "Übersicht 1.jpg", "a/b/c/d"])
    func `these paths may be in a result`(path: String) { #expect(OutputPath.isSafe(path)) }

    @Test(arguments: [
        "", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", ".a", "a/.b", "a\\b", "a\0b", "a\nb", "c:a",
        String(repeating: "x", count: 201), String(repeating: "xx/", count: 200) + "x",
    ])
    func `these paths may not`(path: String) { #expect(!OutputPath.isSafe(path)) }

    private func note(_ name: String, _ path: String) -> EmitNote {
        EmitNote(name: name, path: path, file: "/x", mediaType: "image/png", width: nil, height: nil)
    }
}
