package import CVShim
package import Pipeline

/// Calls one shim function that yields a handle. With `checkShim` the only reader of `CVSStatus` and `CVSError`.
package func callShim(
    _ body: (_ out: UnsafeMutablePointer<OpaquePointer?>, _ error: UnsafeMutablePointer<CVSError>) -> CVSStatus
) throws(Failure) -> OpaquePointer {
    var out: OpaquePointer?
    try checkShim { error in body(&out, error) }
    guard let out else { throw Failure(.internalError, "A picture operation gave nothing.") }
    return out
}

/// Calls one shim function that yields only a status.
package func checkShim(_ body: (_ error: UnsafeMutablePointer<CVSError>) -> CVSStatus) throws(Failure) {
    var error = CVSError()
    let status = body(&error)
    if status == .OK { return }
    let detail = withUnsafeBytes(of: &error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    throw Failure(status, detail: detail)
}

/// The flag's byte for the duration of `body`; null when nobody can cancel.
package func withCancelAddress<R>(
    _ cancel: CancelFlag?, _ body: (UnsafePointer<Bool>?) throws(Failure) -> R
) throws(Failure) -> R {
    guard let cancel else { return try body(nil) }
    return try cancel.withAddress { address throws(Failure) in try body(address) }
}

extension Bitmap {
    /// Calls one shim function that yields a picture.
    static func make(
        cancel: CancelFlag? = nil,
        _ body: (
            _ cancel: UnsafePointer<Bool>?, _ out: UnsafeMutablePointer<OpaquePointer?>,
            _ error: UnsafeMutablePointer<CVSError>
        ) -> CVSStatus
    ) throws(Failure) -> Bitmap {
        let handle = try withCancelAddress(cancel) { address throws(Failure) in
            try callShim { out, error in body(address, out, error) }
        }
        return Bitmap(owning: handle)
    }
}

extension Failure {
    init(_ status: CVSStatus, detail: String) {
        self =
            switch status {
            case .notFound:
                Failure(
                    .inputUnreadable, "The file can't be opened.", hint: "Check the path and its rights.",
                    detail: detail)
            case .empty:
                Failure(.imageEmpty, "The file is empty.", hint: "Upload it again from the camera.", detail: detail)
            case .unrecognized:
                Failure(
                    .imageUnrecognized, "The file is not a picture.",
                    hint: "Send JPEG, PNG, WebP, HEIF, AVIF or TIFF.", detail: detail)
            case .unsupported:
                Failure(
                    .imageUnsupported, "The file is \(detail), which is not taken.",
                    hint: "Send JPEG, PNG, WebP, HEIF, AVIF or TIFF.", detail: detail)
            case .truncated:
                Failure(
                    .imageTruncated, "The picture ends too early.", hint: "Copy or upload it again.", detail: detail)
            case .corrupt:
                Failure(.imageCorrupt, "The picture is damaged.", hint: "Copy or upload it again.", detail: detail)
            case .overBudget:
                Failure(
                    .imageTooLarge, "The picture is too large: \(detail).", hint: "Send a smaller one.", detail: detail)
            case .writeFailed:
                Failure(
                    .storageUnavailable, "A file can't be written.", hint: "Check free space and rights.",
                    detail: detail)
            case .outOfMemory: Failure(.memoryExceeded, "The picture needs more memory than allowed.", detail: detail)
            case .cancelled: Failure(.cancelled, "The job was cancelled.")
            case .OK, .badArgument, .internal:
                Failure(.internalError, "The picture could not be processed.", detail: detail)
            }
    }
}
