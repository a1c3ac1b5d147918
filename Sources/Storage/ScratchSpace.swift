public import Foundation
internal import Glibc
public import Pipeline

/// Folders for work in progress: one for each attempt, under one for each process, so that the dead's can be told.
public struct ScratchSpace: Sendable {
    private let mine: URL

    /// Removes what processes left that are gone, and makes this process's own folder.
    ///
    /// - Throws: `storageUnavailable`.
    public init(root: URL) throws(Failure) {
        try Self.makeFolder(root)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? [] {
            guard let owner = ProcessIdentity(tag: name) else { continue }
            let folder = root.appending(path: name)
            if owner.isGone || Self.isForgotten(folder) { try? FileManager.default.removeItem(at: folder) }
        }
        mine = root.appending(path: ProcessIdentity.current.tag)
        try Self.makeFolder(mine)
    }

    /// A new, empty folder (mode 0700), removed with the last reference to it.
    public func folder() throws(Failure) -> ScratchFolder {
        let url = mine.appending(path: UUID().uuidString.lowercased())
        // Twice, should somebody have cleared the process's folder away as well.
        if mkdir(url.path, 0o700) == 0 { return ScratchFolder(url) }
        try Self.makeFolder(mine)
        guard mkdir(url.path, 0o700) == 0 else { throw FileDescriptor.storageFailure("mkdir") }
        return ScratchFolder(url)
    }

    /// Removes this process's folder with everything in it.
    public func clear() { try? FileManager.default.removeItem(at: mine) }

    /// Of another host's process nobody here knows whether it lives; each of its attempts touches the folder, though.
    private static func isForgotten(_ folder: URL) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: folder.path)
        guard let touched = attributes?[.modificationDate] as? Date else { return false }
        return touched.timeIntervalSinceNow < -2 * 24 * 3600
    }

    static func makeFolder(_ url: URL) throws(Failure) {
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure(
                .storageUnavailable, "A working folder can't be made.",
                hint: "Check the storage folder and its rights.", detail: "\(error)")
        }
    }
}

/// One attempt's folder.
public final class ScratchFolder: Sendable {
    public let url: URL

    init(_ url: URL) { self.url = url }

    deinit { remove() }

    /// Removes the folder and all that is in it; links are removed, not followed.
    public func remove() { try? FileManager.default.removeItem(at: url) }
}
