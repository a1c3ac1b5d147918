internal import Foundation
internal import Glibc
internal import Pipeline
internal import Synchronization

/// A headless Chromium that talks through two pipes (its `--remote-debugging-pipe`): no port, no network.
///
/// Messages are JSON that ends with a zero byte. The browser ends when its pipe closes, so also when the tests crash.
final class BrowserProcess: Sendable {
    private let pid: pid_t
    private let input: FileHandle
    private let profile: URL
    private let stopped = Atomic(false)
    private let onMessage: Mutex<(@Sendable (Data) -> Void)?> = Mutex(nil)

    init() throws {
        guard let program = Self.program else {
            throw BrowserFailure("Chromium is not installed: run scripts/setup (Debian: apt-get install chromium).")
        }
        profile = try TemporaryFolder.make("browser")
        let (commands, answers) = (try Self.pipe(), try Self.pipe())
        pid = try Self.spawn(program, profile: profile, reads: commands.read, writes: answers.write)
        close(commands.read)
        close(answers.write)
        input = FileHandle(fileDescriptor: commands.write, closeOnDealloc: true)
        let output = answers.read
        Thread.detachNewThread { [weak self] in
            Self.messages(from: output) { data in self?.onMessage.withLock { $0 }?(data) }
        }
    }

    deinit { stop() }

    /// A shared browser is never released, so it ends here.
    func stopAtExit() {
        running.withLock { $0.append(self) }
        _ = atExit
    }

    func listen(_ body: @escaping @Sendable (Data) -> Void) { onMessage.withLock { $0 = body } }

    func send(_ message: Data) throws { try input.write(contentsOf: message + [0]) }

    /// Kills the browser's process group, which is its own, and removes the profile.
    func stop() {
        guard stopped.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else { return }
        kill(-pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        try? FileManager.default.removeItem(at: profile)
    }

    private static let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .first { (path: String) in access(path, X_OK) == 0 }

    /// Neither end survives into other programs that tests start.
    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw BrowserFailure("A pipe can't be made: \(errno).") }
        // 3 and 4 are where the child wants them; numbers below would be overwritten while they are moved there.
        return (moved(ends[0]), moved(ends[1]))
    }

    private static func moved(_ descriptor: Int32) -> Int32 {
        let high = fcntl(descriptor, F_DUPFD_CLOEXEC, 10)
        close(descriptor)
        return high
    }

    private static func spawn(_ program: String, profile: URL, reads: Int32, writes: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, flags) in [(Int32(0), O_RDONLY), (1, O_WRONLY), (2, O_WRONLY)] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", flags, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, reads, 3)
        posix_spawn_file_actions_adddup2(&actions, writes, 4)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        let arguments = [
            program, "--headless=new", "--no-sandbox", "--remote-debugging-pipe", "--disable-gpu",
            "--disable-dev-shm-usage", "--no-first-run", "--no-default-browser-check", "--hide-scrollbars",
            "--mute-audio", "--disable-extensions", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--user-data-dir=\(profile.path)", "about:blank",
        ]
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, program, &actions, &attributes, &words, environ)
        guard status == 0 else { throw BrowserFailure("Chromium can't be started: \(status).") }
        return pid
    }

    private static func messages(from descriptor: Int32, _ body: (Data) -> Void) {
        var (pending, chunk) = (Data(), [UInt8](repeating: 0, count: 1 << 16))
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            var rest = chunk[..<count]
            while let end = rest.firstIndex(of: 0) {
                body(pending + rest[..<end])
                pending.removeAll()
                rest = rest[(end + 1)...]
            }
            pending.append(contentsOf: rest)
        }
        close(descriptor)
    }
}

private let running = Mutex<[BrowserProcess]>([])
private let atExit = atexit { for browser in running.withLock({ $0 }) { browser.stop() } }

/// Why a browser or a page did not do what a test asked.
public struct BrowserFailure: Error, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
