public import Foundation

/// Tells the service manager how the process is, by the protocol of sd_notify(3): a datagram to `$NOTIFY_SOCKET`.
///
/// Without that variable nothing is sent. A line that can't be sent is dropped: the manager's timeouts notice.
public struct ServiceNotice: Sendable {
    private let path: String?
    /// How often `alive` has to be said, half of what `$WATCHDOG_USEC` allows; nil when nobody watches this process.
    public let pulse: Duration?

    public init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
        path = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        let isMeant = environment["WATCHDOG_PID"].map { Int32($0) == getpid() } ?? true
        let micros = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        pulse = path != nil && isMeant && micros > 0 ? .microseconds(micros / 2) : nil
    }

    public func ready() { say("READY=1") }
    public func stopping() { say("STOPPING=1") }
    public func alive() { say("WATCHDOG=1") }
    /// A line for `systemctl status`.
    public func status(_ text: String) { say("STATUS=" + text.replacing("\n", with: " ")) }

    private func say(_ line: String) {
        guard let path else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let isAbstract = path.hasPrefix("@")
        // An abstract name begins with a zero byte and ends with its length; a path ends with a zero byte.
        let name = isAbstract ? [0] + Array(path.utf8.dropFirst()) : Array(path.utf8) + [0]
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard name.count <= room else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size - room + name.count)
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return }
        defer { close(socket) }
        let bytes = Array(line.utf8)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0, length)
            }
        }
    }
}
