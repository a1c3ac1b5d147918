import Foundation
import Glibc
import Synchronization

/// Stands on loopback between workers and the server, and now and then cuts a connection around a statement: before it is
/// passed on, after the server has done it and before its answer goes back, or in the middle of that answer.
final class CuttingProxy: Sendable {
    enum Cut: CaseIterable, Sendable { case before, after, torn }

    private struct State {
        var cuts: [Cut: Int] = [:]
        var random: Dice
        var isCutting = false
    }

    let port: UInt16
    private let listener: Int32
    private let socketPath: String
    private let share: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - socketPath: the server's unix socket.
    ///   - share: one of so many statements is cut.
    init(to socketPath: String, oneOf share: Int, seed: UInt64) throws {
        (self.socketPath, self.share) = (socketPath, share)
        state = Mutex(State(random: Dice(seed)))
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard listener >= 0, isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread { [self] in serve(client) }
            }
        }
    }

    func close() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Begins to cut, or lets everything pass, as at first.
    func cut(_ isCutting: Bool) { state.withLock { $0.isCutting = isCutting } }

    var cuts: [Cut: Int] { state.withLock { $0.cuts } }

    private func draw() -> Cut? {
        state.withLock { state in
            guard state.isCutting, state.random.below(share) == 0 else { return nil }
            let cut = Cut.allCases[state.random.below(Cut.allCases.count)]
            state.cuts[cut, default: 0] += 1
            return cut
        }
    }

    private func serve(_ client: Int32) {
        defer { Glibc.close(client) }
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard server >= 0 else { return }
        defer { Glibc.close(server) }
        guard reach(server) else { return }
        var talk = Frames()
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            var waiting = [
                pollfd(fd: client, events: Int16(POLLIN), revents: 0),
                pollfd(fd: server, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waiting, 2, -1) > 0 else { return }
            if waiting[1].revents != 0 {
                guard let count = take(server, &bytes), send(client, bytes[..<count]) else { return }
            }
            guard waiting[0].revents != 0 else { continue }
            guard let count = take(client, &bytes) else { return }
            let isWhole = talk.endsStatement(bytes[..<count])
            let cut = isWhole ? draw() : nil
            if cut == .before { return }
            guard send(server, bytes[..<count]) else { return }
            guard let cut else { continue }
            // The statement is done when its answer is here; then it counts, whatever the client hears of it.
            guard let answered = take(server, &bytes) else { return }
            if cut == .torn { _ = send(client, bytes[..<(answered / 2)]) }
            return
        }
    }

    private func reach(_ server: Int32) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(socketPath.utf8) + [0]) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    private func take(_ socket: Int32, _ bytes: inout [UInt8]) -> Int? {
        let count = recv(socket, &bytes, bytes.count, 0)
        return count > 0 ? count : nil
    }

    private func send(_ socket: Int32, _ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }
}

/// Follows a client's side of PostgreSQL's protocol far enough to know where its messages end.
struct Frames {
    private var rest: [UInt8] = []
    /// The first message has no type byte.
    private var isOpen = false

    /// Takes bytes; whether they end in a message that has the server answer (Query or Sync).
    mutating func endsStatement(_ bytes: ArraySlice<UInt8>) -> Bool {
        rest += bytes
        var last: UInt8?
        while true {
            let header = isOpen ? 5 : 4
            guard rest.count >= header else { break }
            let length = rest[(header - 4)..<header].reduce(0) { $0 << 8 | Int($1) } + header - 4
            guard rest.count >= length else { break }
            last = isOpen ? rest[0] : nil
            isOpen = true
            rest.removeFirst(length)
        }
        return rest.isEmpty && (last == UInt8(ascii: "Q") || last == UInt8(ascii: "S"))
    }
}

/// Random numbers that are the same for the same seed (splitmix64).
struct Dice: Sendable {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(max(limit, 1)))
    }
}
