import Dispatch
import Foundation
import Glibc
import Pipeline

/// One answer as it came over the wire.
struct HTTPReply {
    let status: Int
    let headers: [String: String]
    let body: [UInt8]

    subscript(name: String) -> String? { headers[name.lowercased()] }

    var text: String { String(decoding: body, as: UTF8.self) }

    func json() throws -> JSONValue { try JSON.decode(JSONValue.self, from: Data(body)) }
}

/// A raw TCP connection: sends any bytes, reads answers or until the end. Blocks on threads of its own only.
final class Wire: Sendable {
    struct Broken: Error { let reason: String }

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "rundum.test.wire")

    /// - Parameter seconds: after which a read or a write gives up; there for broken code, not for slow machines.
    init(port: UInt16, seconds: Int = 240) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Broken(reason: "connect: \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        try await run { [descriptor] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { throw Broken(reason: "send: \(String(cString: strerror(errno)))") }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Says that nothing more will be sent.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next answer; interim ones (100) are skipped.
    ///
    /// - Parameter isHead: there is no body, whatever the headers say.
    func reply(isHead: Bool = false) async throws -> HTTPReply {
        try await run { [self] in
            while true {
                let head = try line(until: "\r\n\r\n")
                let lines = head.split(separator: "\r\n").map(String.init)
                guard let first = lines.first, let status = Int(first.split(separator: " ").dropFirst().first ?? "")
                else {
                    throw Broken(reason: "no status line: \(head.debugDescription)")
                }
                if status == 100 { continue }
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    headers[parts[0].lowercased()] =
                        parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
                }
                let isEmpty = isHead || status == 204 || status == 304
                let body = isEmpty ? [] : try exactly(Int(headers["content-length"] ?? "0") ?? 0)
                return HTTPReply(status: status, headers: headers, body: body)
            }
        }
    }

    /// Everything until the server closes.
    func rest() async throws -> String {
        try await run { [self] in
            var all: [UInt8] = []
            while let byte = try next() { all.append(byte) }
            return String(decoding: all, as: UTF8.self)
        }
    }

    private func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { done in
            queue.async { done.resume(with: Result { try work() }) }
        }
    }

    private func line(until end: String) throws -> String {
        var bytes: [UInt8] = []
        while !bytes.suffix(end.utf8.count).elementsEqual(end.utf8) {
            guard let byte = try next() else {
                throw Broken(reason: "closed after \(String(decoding: bytes, as: UTF8.self).debugDescription)")
            }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func exactly(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress?.advanced(by: filled), count - filled, 0)
            }
            guard got > 0 else { throw Broken(reason: "closed \(count - filled) bytes early") }
            filled += got
        }
        return bytes
    }

    /// Nil when the server closed, gently or not.
    private func next() throws -> UInt8? {
        var byte: UInt8 = 0
        let got = recv(descriptor, &byte, 1, 0)
        if got < 0, errno == EAGAIN { throw Broken(reason: "nothing came in time") }
        return got == 1 ? byte : nil
    }
}
