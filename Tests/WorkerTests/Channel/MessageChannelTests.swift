import Foundation
import Pipeline
import Testing

@testable import Worker

@Suite struct MessageChannelTests {
    private let near: MessageChannel
    private let far: MessageChannel
    private let farEnd: Int32

    init() throws {
        let ends = try MessageChannel.pair()
        (near, farEnd) = (ends.ours, ends.theirs)
        far = MessageChannel(adopting: ends.theirs)
    }

    @Test func `messages arrive in order and whole`() throws {
        let messages: [ExecutorMessage] = [
            .hello(version: 1, pid: 2), .progress(attempt: 1, fraction: 0.25, step: "reading ü"),
            .emit(
                attempt: 1,
                file: EmitNote(name: "a", path: "a.png", file: "/x", mediaType: "image/png", width: nil, height: 3)),
            .review(attempt: 1, flag: ReviewFlag(code: "c", summary: "s")), .log(attempt: 1, message: ""),
            .done(attempt: .max, data: ["a": [1, 2.5, .null]]),
            .failed(attempt: 1, failure: Failure(.imageCorrupt, "s", hint: "h", slot: "x", detail: "d")),
        ]
        for message in messages { try far.send(message) }
        for message in messages { #expect(try near.receive(ExecutorMessage.self) == message) }
    }

    @Test func `a large message crosses while the other side reads`() async throws {
        let text = String(repeating: "x", count: 3 << 20)
        async let sent: Void = blocking { [far] () throws(Failure) in
            try far.send(ExecutorMessage.log(attempt: 1, message: text))
        }
        let received = try await blocking { [near] () throws(Failure) in try near.receive(ExecutorMessage.self) }
        try await sent
        #expect(received == .log(attempt: 1, message: text))
    }

    @Test func `the end of the stream is no message`() throws {
        far.hangUp()
        #expect(try near.receive(ExecutorMessage.self) == nil)
    }

    @Test(arguments: [
        [0], [0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1, 48], [0, 0, 0, 5, 123], [255, 255, 255, 255],
        [0, 128, 0, 1], [0, 0, 0, 2, 123, 125], [0, 0, 0, 2, 91, 93], [0, 0, 0, 2, 255, 254],
    ])
    func `what is no message is refused`(bytes: [UInt8]) throws {
        #expect(write(farEnd, bytes, bytes.count) == bytes.count)
        far.hangUp()
        let failure = #expect(throws: Failure.self) { _ = try near.receive(ExecutorMessage.self) }
        #expect(failure?.code == .workerCrashed)
    }

    @Test func `nesting without end is refused, not followed`() throws {
        let body = Array(repeating: UInt8(ascii: "["), count: 100_000)
        let frame = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: body.count >> $0) } + body
        #expect(write(farEnd, frame, frame.count) == frame.count)
        #expect(throws: Failure.self) { _ = try near.receive(ExecutorMessage.self) }
    }

    @Test func `a message over the limit is not sent`() throws {
        let text = String(repeating: "x", count: MessageChannel.maxBytes)
        let failure = #expect(throws: Failure.self) { try near.send(ExecutorMessage.log(attempt: 1, message: text)) }
        #expect(failure?.code == .payloadTooLarge)
    }

    @Test func `sending to nobody says so and raises no signal`() throws {
        far.hangUp()
        let failure = #expect(throws: Failure.self) { try near.send(SupervisorMessage.cancel(attempt: 1)) }
        #expect(failure?.code == .workerLost)
    }
}
