internal import Foundation
internal import Glibc
internal import Pipeline
internal import Processes
internal import Synchronization

/// A headless Chromium that talks through two pipes (its `--remote-debugging-pipe`): no port, no network.
///
/// Messages are JSON that ends with a zero byte. The browser ends when its pipe closes, so also when the tests crash.
final class BrowserProcess: Sendable {
    private let browser: ChildProgram
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
        defer {
            close(commands.read)
            close(answers.write)
        }
        browser = try Self.start(program, profile: profile, reads: commands.read, writes: answers.write)
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
        kill(-browser.pid, SIGKILL)
        _ = browser.wait()
        try? FileManager.default.removeItem(at: profile)
    }

    private static let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .first { (path: String) in access(path, X_OK) == 0 }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw BrowserFailure("A pipe can't be made: \(errno).") }
        return (ends[0], ends[1])
    }

    /// It reads commands from 3 and writes answers to 4.
    private static func start(_ program: String, profile: URL, reads: Int32, writes: Int32) throws -> ChildProgram {
        let command = [
            program, "--headless=new", "--no-sandbox", "--remote-debugging-pipe", "--disable-gpu",
            "--disable-dev-shm-usage", "--no-first-run", "--no-default-browser-check", "--hide-scrollbars",
            "--mute-audio", "--disable-extensions", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--user-data-dir=\(profile.path)", "about:blank",
        ]
        return try ChildProgram(
            command, environment: ProcessInfo.processInfo.environment, descriptors: [nil, nil, nil, reads, writes])
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
