import Foundation
import Pipeline
import Testing

@Suite struct StageContextTests {
    private let front = StageInput(
        slot: "front", name: "a.jpg", file: URL(filePath: "/nonexistent/a.jpg"), sha256: "00")

    @Test func `finds an input by its slot`() throws {
        #expect(try RecordingSink().context(inputs: [front]).input("front") == front)
    }

    @Test func `a missing input is named, with those that are there`() {
        #expect { try RecordingSink().context(inputs: [front]).input("rear") } throws: { error in
            let failure = error as? Failure
            return failure?.code == .invalidInputs && failure?.slot == "rear" && failure?.hint == "Given were: front."
        }
    }

    @Test(arguments: [(-1.0, 0.0), (0.0, 0.0), (0.25, 0.25), (1.0, 1.0), (17.0, 1.0)])
    func `progress stays between nothing and all`(given: Double, shown: Double) throws {
        let sink = RecordingSink()
        try sink.context().checkpoint(given, "working")
        #expect(sink.events == [.progress(shown, "working")])
    }

    @Test func `a raised flag stops at the next checkpoint and reports nothing more`() {
        let sink = RecordingSink()
        let cancel = CancelFlag()
        let context = sink.context(cancel: cancel)
        cancel.raise()
        #expect { try context.checkpoint(0.5, "working") } throws: { ($0 as? Failure)?.code == .cancelled }
        #expect(sink.events.isEmpty)
    }

    @Test func `passes files, flags and lines on in order`() throws {
        let sink = RecordingSink()
        let context = sink.context()
        context.log("started")
        try context.emit(
            EmittedFile(name: "mask", path: "mask.png", file: URL(filePath: "/nonexistent/m"), mediaType: "image/png"))
        context.review(ReviewFlag(code: "no_main_object", summary: "No car was found."))
        #expect(sink.events == [.log("started"), .emitted("mask"), .review("no_main_object")])
    }
}
