public import Foundation
internal import Glibc
internal import Synchronization

/// A new, empty folder that goes with the last reference to it.
public final class TemporaryFolder: Sendable {
    public let url: URL

    public init() throws { url = try Self.fresh("test") }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Every file and folder below, as relative paths.
    public var content: [String] { (try? FileManager.default.subpathsOfDirectory(atPath: url.path).sorted()) ?? [] }

    /// A new, empty folder that many tests share; removed when the test process ends.
    public static func make(_ purpose: String) throws -> URL {
        let folder = try fresh(purpose)
        folders.withLock { $0.append(folder) }
        _ = atExit
        return folder
    }

    private static func fresh(_ purpose: String) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "rundum-\(purpose)-\(UUID().uuidString.prefix(12))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}

private let folders = Mutex<[URL]>([])
private let atExit = atexit {
    for folder in folders.withLock({ $0 }) { try? FileManager.default.removeItem(at: folder) }
}
