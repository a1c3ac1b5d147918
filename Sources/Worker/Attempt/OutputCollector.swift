internal import Foundation
internal import Glibc
internal import Pipeline
internal import Storage

/// Takes the files that an executor emitted out of its scratch folder into the blob store.
struct OutputCollector: Sendable {
    let blobs: any BlobStore

    /// - Parameter scratch: the only folder that files are taken from, whatever the executor said.
    /// - Throws: `workerCrashed` for a file that is no regular file of the folder, `storageUnavailable`.
    func collect(_ emitted: [EmitNote], from scratch: URL) throws(Failure) -> [String: OutputFile] {
        var outputs: [String: OutputFile] = [:]
        for note in emitted {
            guard let file = Self.regularFile(note.file, in: scratch) else {
                throw AttemptLedger.violation("the output \(note.name) is not a file of the attempt's folder")
            }
            let blob = try blobs.put(file: file, move: true)
            outputs[note.name] = OutputFile(
                file: note.path, sha256: blob.sha256, bytes: blob.bytes, mediaType: note.mediaType,
                width: note.width, height: note.height)
        }
        return outputs
    }

    /// The file behind a path without any link on the way, or nil where it stands outside of `folder`.
    private static func regularFile(_ path: String, in folder: URL) -> URL? {
        let url = URL(filePath: path)
        guard let root = resolved(folder.path), let parent = resolved(url.deletingLastPathComponent().path),
            parent == root || parent.hasPrefix(root + "/")
        else { return nil }
        let file = URL(filePath: parent).appending(path: url.lastPathComponent)
        var status = stat()
        guard lstat(file.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return file
    }

    private static func resolved(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }
}
