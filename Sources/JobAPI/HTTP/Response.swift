internal import CMicroHTTPD
internal import Glibc

/// An answer: a status, headers, and bytes or a piece of a file.
struct Response: Sendable {
    enum Body: Sendable {
        case empty
        case bytes([UInt8])
        /// `count` bytes of the file from `offset` on.
        case file(OpenFile, offset: Int, count: Int)

        var count: Int {
            switch self {
            case .empty: 0
            case .bytes(let bytes): bytes.count
            case .file(_, _, let count): count
            }
        }
    }

    var status: Int
    var headers: [(name: String, value: String)]
    var body: Body
    /// For the request log only.
    var failureDetail: String?

    init(_ status: Int, headers: [(name: String, value: String)] = [], body: Body = .empty) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    static func json(
        _ status: Int = 200, headers: [(name: String, value: String)] = [], _ write: (inout JSONWriter) -> Void
    ) -> Response {
        var writer = JSONWriter()
        writer.object(write)
        return Response(
            status, headers: [("Content-Type", "application/json")] + headers, body: .bytes(writer.bytes))
    }

    /// What every answer carries: nothing here may be sniffed, framed, or run on this origin.
    static let safety: [(name: String, value: String)] = [
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Referrer-Policy", "no-referrer"),
    ]

    func has(_ name: String) -> Bool { headers.contains { $0.name == name } }

    /// Hands the answer to libmicrohttpd, which sends it when the connection runs again.
    ///
    /// - Returns: false when it could not be queued; the connection must be closed then.
    func queue(on connection: OpaquePointer) -> Bool {
        guard let response = made() else { return false }
        defer { MHD_destroy_response(response) }
        for (name, value) in Self.safety + headers { MHD_add_response_header(response, name, value) }
        if !has("Cache-Control") { MHD_add_response_header(response, "Cache-Control", "no-store") }
        return MHD_queue_response(connection, UInt32(status), response) == .YES
    }

    private func made() -> OpaquePointer? {
        switch body {
        case .empty: return MHD_create_response_from_buffer(0, nil, .RESPMEM_PERSISTENT)
        case .bytes(let bytes):
            return bytes.withUnsafeBytes {
                // Copied by the library, so the cast that its signature asks for writes nothing.
                MHD_create_response_from_buffer(
                    $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY)
            }
        case .file(let file, let offset, let count):
            guard let descriptor = file.take() else { return nil }
            let response = MHD_create_response_from_fd_at_offset64(UInt64(count), descriptor, UInt64(offset))
            if response == nil { close(descriptor) }
            return response
        }
    }
}
