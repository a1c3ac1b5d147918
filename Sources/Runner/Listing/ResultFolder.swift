internal import Foundation
internal import Pipeline

/// A folder of results that appears whole or not at all: it is filled beside its place and renamed into it.
struct ResultFolder: ~Copyable {
    private let target: URL
    /// Where to write while it is not finished.
    let staging: URL
    private var isFinished = false

    /// - Parameter target: must not exist, be empty, or be an earlier result of ours (it has a `result.json`).
    init(_ target: URL) throws(Failure) {
        self.target = target.absoluteURL.standardizedFileURL
        staging = self.target.deletingLastPathComponent()
            .appending(path: ".\(self.target.lastPathComponent).partial-\(getpid())")
        try Self.refuseForeign(self.target)
        do {
            try? FileManager.default.removeItem(at: staging)
            try FileManager.default.createDirectory(at: staging, withIntermediateDirectories: true)
        } catch {
            throw Failure(
                .storageUnavailable, "The folder \(target.path) can't be written.",
                hint: "Check the path, its rights and the free space.", detail: "\(error)")
        }
    }

    deinit { if !isFinished { try? FileManager.default.removeItem(at: staging) } }

    /// Refuses a folder that holds anything but an earlier result.
    static func refuseForeign(_ folder: URL) throws(Failure) {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        guard files.fileExists(atPath: folder.path, isDirectory: &isFolder) else { return }
        let entries = (try? files.contentsOfDirectory(atPath: folder.path)) ?? []
        guard isFolder.boolValue, entries.isEmpty || entries.contains("result.json") else {
            throw Failure(
                .conflict, "\(folder.path) holds something else already.",
                hint: "Name a new folder, or an earlier result, which will be replaced.")
        }
    }

    /// Copies a stored file to `path` in the folder.
    func add(_ file: URL, as path: String) throws(Failure) {
        try write(path) { try FileManager.default.copyItem(at: file, to: $0) }
    }

    func add(_ bytes: Data, as path: String) throws(Failure) {
        try write(path) { try bytes.write(to: $0) }
    }

    private func write(_ path: String, _ body: (URL) throws -> Void) throws(Failure) {
        let place = staging.appending(path: path)
        do {
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try body(place)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: place.path)
        } catch {
            throw Failure(
                .storageUnavailable, "\(path) can't be written.", hint: "Check the free space.", detail: "\(error)")
        }
    }

    /// Puts the folder in its place; an earlier result there goes.
    mutating func finish() throws(Failure) {
        let files = FileManager.default
        let old = staging.appendingPathExtension("old")
        do {
            if files.fileExists(atPath: target.path) { try files.moveItem(at: target, to: old) }
            try files.moveItem(at: staging, to: target)
        } catch {
            throw Failure(.storageUnavailable, "\(target.path) can't be replaced.", detail: "\(error)")
        }
        isFinished = true
        try? files.removeItem(at: old)
    }
}
