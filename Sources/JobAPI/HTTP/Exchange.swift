internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

/// What a request's head decides, before any byte of its body is read.
enum Admission: Sendable {
    case refuse(Response)
    case accept(BodyPlan, answer: @Sendable (_ collected: [UInt8]) async -> Response)
}

/// Where a request's body goes.
enum BodyPlan: Sendable {
    case collect(limit: Int)
    case stream(limit: Int, into: BlobUpload)

    var limit: Int {
        switch self {
        case .collect(let limit), .stream(let limit, _): limit
        }
    }
}

/// A connection of libmicrohttpd.
// @unchecked: the library itself allows resuming from any thread; all else is called on the connection's own thread.
struct ConnectionHandle: @unchecked Sendable, Equatable {
    let pointer: OpaquePointer
    var socket: Int32 { cmhd_socket(pointer) }
}

/// One accepted request, from its head to the end of its answer.
///
/// The polling thread only moves bytes: the answer is made in a task while the connection is suspended.
final class Exchange: Sendable {
    private enum Phase {
        case receiving
        case working
        case answered(Response)
        case sent
    }

    private struct State {
        var phase = Phase.receiving
        var received = 0
        var collected: [UInt8] = []
        var cutShort = false
        /// Set when the server stops; from then on nothing is worked on, and the connection is not suspended.
        var farewell: Response?

        mutating func send(_ response: Response) -> Step {
            phase = .sent
            return .send(response)
        }
    }

    /// What the listener must do next.
    enum Step {
        case nothing
        case close
        /// The connection is suspended until the answer is there.
        case work
        case send(Response)
    }

    let connection: ConnectionHandle
    private let plan: BodyPlan
    private let answer: @Sendable ([UInt8]) async -> Response
    private let tooLarge: Response
    private let state: Mutex<State>

    /// - Parameter tooLarge: what is said when the body turns out to be longer than the plan allows.
    init(
        _ connection: ConnectionHandle, plan: BodyPlan, tooLarge: Response,
        answer: @escaping @Sendable ([UInt8]) async -> Response
    ) {
        (self.connection, self.plan, self.tooLarge, self.answer) = (connection, plan, tooLarge, answer)
        state = Mutex(State())
    }

    /// A request without a body whose answer is known by its head; the connection stays open for the next one.
    init(_ connection: ConnectionHandle, answered response: Response) {
        (self.connection, plan, tooLarge, answer) = (connection, .collect(limit: 0), response, { _ in response })
        state = Mutex(State(phase: .answered(response)))
    }

    /// What follows a piece of the body.
    enum Reception {
        case more
        /// The connection is suspended until the store has caught up.
        case paused
        case close
    }

    /// Takes a piece of the body.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Reception {
        let (isNews, total) = state.withLock { state in
            state.received += bytes.count
            guard state.received > plan.limit else {
                if case .collect = plan { state.collected += bytes }
                return (false, state.received)
            }
            defer { (state.cutShort, state.collected) = (true, []) }
            return (!state.cutShort, state.received)
        }
        if isNews { sendAtOnce(tooLarge) }
        if total <= plan.limit, case .stream(_, let upload) = plan {
            return upload.append(bytes, from: connection) ? .paused : .more
        }
        // A caller that is still sending would not see the answer if we closed at once, so some more is swallowed.
        return total <= plan.limit + Self.swallowed ? .more : .close
    }

    private static let swallowed = 8 << 20

    /// The whole request is in, or its answer is ready.
    func proceed() -> Step {
        state.withLock { state in
            if state.cutShort { return .close }
            switch state.phase {
            case .receiving:
                if let farewell = state.farewell { return state.send(farewell) }
                state.phase = .working
                // Inside the lock, so that the answer cannot resume what is not suspended yet.
                MHD_suspend_connection(connection.pointer)
                let body = state.collected
                state.collected = []
                Task { self.finish(await self.answer(body)) }
                return .work
            case .answered(let response): return state.send(response)
            case .working, .sent: return .nothing
            }
        }
    }

    /// Gives the answer and lets the connection run again; only the first answer counts.
    func finish(_ response: Response) {
        state.withLock { state in
            guard case .working = state.phase else { return }
            state.phase = .answered(response)
            MHD_resume_connection(connection.pointer)
        }
    }

    /// Lets go of the connection because the server stops.
    func abort(with response: Response) {
        if case .stream(_, let upload) = plan { upload.release() }
        state.withLock { $0.farewell = response }
        finish(response)
    }

    /// The connection is done with this request, whether it was answered or broke.
    func end() {
        if case .stream(_, let upload) = plan { upload.abandon() }
    }

    /// libmicrohttpd can't queue an answer while a body arrives, so the answer goes to the socket by hand.
    private func sendAtOnce(_ response: Response) {
        guard case .bytes(let body) = response.body else { return }
        var head = "HTTP/1.1 \(response.status) Refused\r\nConnection: close\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in Response.safety + response.headers { head += "\(name): \(value)\r\n" }
        let bytes = Array((head + "\r\n").utf8) + body
        send(connection.socket, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
}
