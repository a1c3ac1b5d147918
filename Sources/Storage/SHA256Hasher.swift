internal import CCrypto
public import Foundation
public import Pipeline

/// SHA-256 (FIPS 180-4) of bytes that arrive in pieces, by OpenSSL, which uses the CPU's own instructions where it has them.
public struct SHA256Hasher: ~Copyable {
    private let context: OpaquePointer

    /// - Throws: `internalError` when OpenSSL has no memory or no SHA-256.
    public init() throws(Failure) {
        guard let context = EVP_MD_CTX_new() else { throw Self.broken }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw Self.broken
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        guard EVP_DigestUpdate(context, start, bytes.count) == 1 else { throw Self.broken }
    }

    /// The hash of everything so far, 64 lower-case hexadecimal digits; the hasher takes no more afterwards.
    public mutating func finish() throws(Failure) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        guard EVP_DigestFinal_ex(context, &digest, nil) == 1 else { throw Self.broken }
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static var broken: Failure { Failure(.internalError, "A hash could not be computed.") }
}

extension SHA256Hasher {
    /// The hash of bytes in memory.
    public static func hash(_ data: Data) throws(Failure) -> String {
        var hasher = try SHA256Hasher()
        // Through an array: Data's own `withUnsafeBytes` loses the type of the error.
        try Array(data).withUnsafeBufferPointer { (bytes) throws(Failure) in
            try hasher.update(UnsafeRawBufferPointer(bytes))
        }
        return try hasher.finish()
    }

    /// The hash and size of a file's bytes.
    ///
    /// - Throws: `inputMissing` or `inputUnreadable`.
    public static func hash(file: URL) throws(Failure) -> Blob {
        let source = try FileDescriptor.source(file, followLinks: true)
        return try source.hashed()
    }

    /// Whether a text could be a blob's name: exactly 64 lower-case hexadecimal digits.
    public static func isName(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}
