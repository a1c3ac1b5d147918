internal import CMicroHTTPD
internal import Dispatch
internal import Pipeline
internal import Storage
internal import Synchronization

/// A body on its way into the blob store: written on a queue of its own, while the polling thread serves others.
///
/// When the store is slower than the caller, the connection is suspended, so at most a little is ever in memory.
final class BlobUpload: Sendable {
    fileprivate struct Flow {
        var outstanding = 0
        var paused: ConnectionHandle?
        var isReleased = false
    }

    fileprivate enum Sink {
        case notBegun
        case open(any BlobWriter)
        case failed(Failure)
        case ended
    }

    private static let highWater = 1 << 20
    private static let lowWater = 256 << 10

    private let store: any BlobStore
    private let flow = Mutex(Flow())
    private let sink = Mutex(Sink.notBegun)
    private let queue = DispatchQueue(label: "rundum.api.upload", target: .global(qos: .utility))

    init(into store: any BlobStore) { self.store = store }

    /// Takes a piece.
    ///
    /// - Returns: whether the connection is suspended until the store has caught up.
    func append(_ bytes: UnsafeRawBufferPointer, from connection: ConnectionHandle) -> Bool {
        let piece = Array(bytes)
        let isPaused = flow.withLock { flow in
            flow.outstanding += piece.count
            // Pieces that libmicrohttpd has read already still come while it is suspended; doing so twice is an error.
            if flow.outstanding > Self.highWater, flow.paused == nil, !flow.isReleased {
                flow.paused = connection
                MHD_suspend_connection(connection.pointer)
            }
            return flow.paused != nil
        }
        queue.async {
            self.write(piece)
            self.flow.withLock { flow in
                flow.outstanding -= piece.count
                if flow.outstanding <= Self.lowWater { flow.resume() }
            }
        }
        return isPaused
    }

    /// Ends the blob after all pieces are written.
    func commit(expecting expected: String?) async throws(Failure) -> Blob {
        let result = await withCheckedContinuation { (done: CheckedContinuation<Result<Blob, Failure>, Never>) in
            queue.async { done.resume(returning: Result { () throws(Failure) in try self.end(expecting: expected) }) }
        }
        return try result.get()
    }

    /// Drops what was written, unless it was committed.
    func abandon() {
        queue.async {
            self.sink.withLock { sink in
                if case .open(let writer) = sink { writer.abandon() }
                sink = .ended
            }
        }
    }

    /// The server stops: the connection must not be suspended any more.
    func release() {
        flow.withLock { flow in
            flow.isReleased = true
            flow.resume()
        }
    }

    private func write(_ piece: [UInt8]) {
        sink.withLock { sink in
            do throws(Failure) { try sink.writer(for: store)?.write(piece) } catch { sink = .failed(error) }
        }
    }

    private func end(expecting expected: String?) throws(Failure) -> Blob {
        try sink.withLock { sink throws(Failure) in
            guard let writer = try sink.writer(for: store) else {
                if case .failed(let failure) = sink { throw failure }
                throw Failure(.internalError, "The upload had ended before.")
            }
            sink = .ended
            return try writer.commit(expecting: expected)
        }
    }
}

extension BlobUpload.Flow {
    mutating func resume() {
        if let paused { MHD_resume_connection(paused.pointer) }
        paused = nil
    }
}

extension BlobUpload.Sink {
    /// The open writer; begins the blob when that is still to do, and is nil after a failure or the end.
    mutating func writer(for store: any BlobStore) throws(Failure) -> (any BlobWriter)? {
        switch self {
        case .notBegun:
            let writer = try store.begin()
            self = .open(writer)
            return writer
        case .open(let writer): return writer
        case .failed, .ended: return nil
        }
    }
}

extension BlobWriter {
    fileprivate func write(_ piece: [UInt8]) throws(Failure) {
        let result = piece.withUnsafeBytes { bytes in Result { () throws(Failure) in try self.write(bytes) } }
        try result.get()
    }
}
