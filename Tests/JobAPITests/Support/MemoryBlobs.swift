import Dispatch
import Foundation
import Pipeline
import Storage
import Synchronization

/// A blob store in a folder of its own that counts its writers and can be held up.
final class MemoryBlobs: BlobStore {
    struct Counts: Equatable {
        var begun = 0
        var committed = 0
        var abandoned = 0
        /// Not ended yet.
        var open: Int { begun - committed - abandoned }
    }

    let folder: URL
    fileprivate let counted = Mutex(Counts())
    fileprivate let broken = Mutex<Failure?>(nil)
    /// Held by a test, it makes every write wait.
    let gate = DispatchSemaphore(value: 1)

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "rundum-api-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var counts: Counts { counted.withLock(\.self) }

    func fail(with failure: Failure?) { broken.withLock { $0 = failure } }

    func begin() throws(Failure) -> any BlobWriter {
        if let failure = broken.withLock(\.self) { throw failure }
        counted.withLock { $0.begun += 1 }
        return Writer(self)
    }

    func put(file: URL, move: Bool) throws(Failure) -> Blob {
        throw Failure(.internalError, "The API stores no files.")
    }

    func size(of sha256: String) throws(Failure) -> Int? {
        if let failure = broken.withLock(\.self) { throw failure }
        return (try? Data(contentsOf: folder.appending(path: sha256)))?.count
    }

    func file(_ sha256: String) throws(Failure) -> URL { folder.appending(path: sha256) }

    func remove(_ sha256: String) throws(Failure) {
        try? FileManager.default.removeItem(at: folder.appending(path: sha256))
    }

    private final class Writer: BlobWriter {
        private let store: MemoryBlobs
        private let bytes = Mutex(Data())
        init(_ store: MemoryBlobs) { self.store = store }

        var count: Int { bytes.withLock(\.count) }

        func write(_ piece: UnsafeRawBufferPointer) throws(Failure) {
            store.gate.wait()
            defer { store.gate.signal() }
            if let failure = store.broken.withLock(\.self) { throw failure }
            bytes.withLock { $0.append(contentsOf: piece) }
        }

        func commit(expecting expected: String?) throws(Failure) -> Blob {
            let data = bytes.withLock(\.self)
            let hash = try SHA256Hasher.hash(data)
            guard expected == nil || expected == hash else {
                store.counted.withLock { $0.abandoned += 1 }
                throw Failure(.hashMismatch, "The bytes are not those that their name says.", detail: "found \(hash)")
            }
            do { try data.write(to: store.folder.appending(path: hash)) } catch {
                throw Failure(.storageUnavailable, "The disk is full.", detail: "\(error)")
            }
            store.counted.withLock { $0.committed += 1 }
            return Blob(sha256: hash, bytes: data.count)
        }

        func abandon() { store.counted.withLock { $0.abandoned += 1 } }
    }
}
