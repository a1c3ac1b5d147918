import Foundation
import Glibc
import TestKit
import Testing

@testable import Worker

@Suite struct ServiceNoticeTests {
    @Test func `notices reach the manager's socket as they are`() throws {
        let folder = try TemporaryFolder()
        let manager = try NoticeSocket(path: folder.url.appending(path: "notify").path)
        let notice = ServiceNotice(["NOTIFY_SOCKET": manager.path])
        notice.ready()
        notice.status("two\nlines")
        notice.alive()
        notice.stopping()
        #expect(manager.said(4) == ["READY=1", "STATUS=two lines", "WATCHDOG=1", "STOPPING=1"])
    }

    @Test func `nobody who listens and a name that is too long cost nothing`() {
        for path in ["", "relative", "/nowhere/notify", "@" + String(repeating: "x", count: 300), "@nobody-listens"] {
            ServiceNotice(["NOTIFY_SOCKET": path]).ready()
        }
        ServiceNotice([:]).ready()
    }

    @Test func `the watchdog is served at half its time, when it means this process`() {
        func pulse(_ more: [String: String]) -> Duration? {
            ServiceNotice(["NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "3000000"].merging(more) { $1 }).pulse
        }
        #expect(pulse([:]) == .milliseconds(1500))
        #expect(pulse(["WATCHDOG_PID": "\(getpid())"]) == .milliseconds(1500))
        #expect(pulse(["WATCHDOG_PID": "1"]) == nil)
        #expect(pulse(["WATCHDOG_USEC": "soon"]) == nil)
        #expect(pulse(["NOTIFY_SOCKET": ""]) == nil)
    }
}

/// A service manager's end of the protocol.
final class NoticeSocket: Sendable {
    let path: String
    private let socket: Int32

    init(path: String) throws {
        self.path = path
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(isBound == 0)
    }

    deinit { close(socket) }

    /// The next lines; fewer when they do not come within ten seconds.
    func said(_ count: Int) -> [String] {
        (0..<count).compactMap { _ in
            var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, 10_000) > 0 else { return nil }
            var bytes = [UInt8](repeating: 0, count: 500)
            let length = recv(socket, &bytes, bytes.count, 0)
            return String(decoding: bytes.prefix(max(length, 0)), as: UTF8.self)
        }
    }
}
