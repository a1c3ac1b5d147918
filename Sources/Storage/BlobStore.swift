public import Foundation
public import Pipeline

/// Immutable bytes named by their SHA-256. Knows no tenant: who may read a blob is the job store's business.
///
/// A directory is the default; every implementation passes the same conformance tests. Calls block; make them off the
/// cooperative pool when the bytes are many.
public protocol BlobStore: Sendable {
    /// Starts a blob that arrives in pieces; nothing is visible before `commit`.
    func begin() throws(Failure) -> any BlobWriter
    /// Stores a whole file, by rename where the file systems allow; `move` gives the source file away.
    func put(file: URL, move: Bool) throws(Failure) -> Blob
    /// The size of a stored blob, or nil when there is none.
    func size(of sha256: String) throws(Failure) -> Int?
    /// A local file with the blob's bytes, to be read only.
    ///
    /// - Throws: `notFound` when there is no such blob.
    func file(_ sha256: String) throws(Failure) -> URL
    /// Removes a blob; it is no error when there is none.
    func remove(_ sha256: String) throws(Failure)
}

/// A blob that arrives in pieces. Ends by `commit` or `abandon`; `deinit` of an unfinished writer abandons.
public protocol BlobWriter: AnyObject, Sendable {
    func write(_ bytes: UnsafeRawBufferPointer) throws(Failure)
    /// Bytes written so far.
    var count: Int { get }
    /// Makes the blob durable and visible.
    ///
    /// - Parameter expected: what the caller says its SHA-256 is; `hashMismatch` when it isn't.
    func commit(expecting expected: String?) throws(Failure) -> Blob
    func abandon()
}

/// A stored blob's name and size.
public struct Blob: Sendable, Equatable, Codable {
    /// Lower-case hexadecimal SHA-256.
    public let sha256: String
    public let bytes: Int

    public init(sha256: String, bytes: Int) { (self.sha256, self.bytes) = (sha256, bytes) }
}
