import Foundation
import Pipeline
import Synchronization
import Testing

@Suite struct LogTests {
    private let lines = Lines()

    @Test func `one event is one line of JSON with its data`() throws {
        let log = Log(write: lines.add).with(["job.id": "1", "kind": "echo"])
        log.info("Claimed a job", ["kind": "spin", "text": "two\nlines"])
        let line = try #require(lines.all.first)
        #expect(!line.contains("\n"))
        let event = try JSON.decode(JSONValue.self, from: Data(line.utf8))
        #expect(event["message"] == "Claimed a job" && event["level"] == "info")
        #expect(event["job.id"] == "1" && event["kind"] == "spin" && event["text"] == "two\nlines")
        let time = try #require(event["ts"]?.stringValue)
        #expect(time.hasSuffix("Z") && time.contains("T") && time.contains("."))
    }

    @Test(arguments: Log.Level.allCases) func `lines below the level are not written`(level: Log.Level) {
        let log = Log(level: level, write: lines.add)
        log.debug("d")
        log.info("i")
        log.warning("w")
        log.error("e")
        #expect(lines.all.count == Log.Level.allCases.count { $0 >= level })
    }

    @Test func `a failure is told with its detail`() {
        let failure = Failure(.imageCorrupt, "s", hint: "h", slot: "front", detail: "d")
        #expect(
            failure.logData == [
                "failure.code": "image_corrupt", "failure.summary": "s", "failure.slot": "front", "failure.detail": "d",
            ])
    }
}

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    var add: @Sendable (String) -> Void { { [self] line in lines.withLock { $0.append(line) } } }
}
