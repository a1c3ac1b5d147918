internal import Foundation
internal import Glibc
internal import Pipeline
internal import Synchronization

/// Whole JSON messages over one end of a socket pair: a big-endian UInt32 of the length, then as many bytes.
///
/// Reads and writes block: `receive` belongs on a thread of its own.
final class MessageChannel: Sendable {
    /// No honest message comes near; a larger length is refused before anything is allocated.
    static let maxBytes = 8 << 20

    private let descriptor: Int32
    private let sending = Mutex(())

    /// Takes the descriptor over and closes it in the end.
    init(adopting descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Two ends of one channel, both closed on exec.
    ///
    /// - Throws: `internalError` when the process has no descriptors left.
    static func pair() throws(Failure) -> (ours: MessageChannel, theirs: Int32) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw Failure(.internalError, "No channel could be opened.", detail: String(cString: strerror(errno)))
        }
        // A peer that does not read must not hold a sender for ever.
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        return (MessageChannel(adopting: ends[0]), ends[1])
    }

    /// - Throws: `workerLost` when the other end is gone, `payloadTooLarge` over `maxBytes`.
    func send(_ message: some Encodable & Sendable) throws(Failure) {
        let body = try JSON.encode(message)
        guard body.count <= Self.maxBytes else {
            throw Failure(.payloadTooLarge, "A message between processes is too large.", detail: "\(body.count) bytes")
        }
        let frame = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: body.count >> $0) } + body
        let sent = sending.withLock { _ in write(frame) }
        guard sent else { throw Self.lost("send") }
    }

    /// The next message, or nil after the last.
    ///
    /// - Throws: `workerCrashed` for what is no message, also one that ends in its middle.
    func receive<Message: Decodable>(_ type: Message.Type) throws(Failure) -> Message? {
        guard let head = read(4), !head.isEmpty else { return nil }
        guard head.count == 4 else { throw Self.malformed("a header of \(head.count) bytes") }
        let length = head.reduce(0) { $0 << 8 | Int($1) }
        guard (2...Self.maxBytes).contains(length) else { throw Self.malformed("a length of \(length) bytes") }
        guard let body = read(length), body.count == length else { throw Self.malformed("a body that ends early") }
        do { return try JSONDecoder().decode(type, from: Data(body)) } catch { throw Self.malformed("\(error)") }
    }

    /// Ends both directions at once, whoever else still holds the other end; a blocked `receive` returns.
    func hangUp() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private func write(_ frame: [UInt8]) -> Bool {
        var sent = 0
        while sent < frame.count {
            let count = frame[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// As many bytes as asked for, fewer at the end of the stream, nil on an error.
    private func read(_ count: Int) -> [UInt8]? {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), count - filled)
                if got < 0, errno == EINTR { continue }
                failed = got < 0
                if got <= 0 { break }
                filled += got
            }
        }
        return failed ? nil : bytes
    }

    private static func malformed(_ detail: String) -> Failure {
        Failure(.workerCrashed, "The process that worked on the job broke off.", detail: "malformed message: \(detail)")
    }

    private static func lost(_ call: String) -> Failure {
        Failure(.workerLost, "The other process is gone.", detail: "\(call): \(String(cString: strerror(errno)))")
    }
}
