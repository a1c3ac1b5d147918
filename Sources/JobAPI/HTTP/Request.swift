internal import CMicroHTTPD
internal import Pipeline

/// The head of a request, copied out of libmicrohttpd so that any thread may read it.
struct Request: Sendable {
    let method: String
    /// As it was sent, without the query: still escaped.
    let path: String
    /// As it was sent, still escaped; a parameter without `=` has an empty value.
    let query: [(name: String, value: String)]
    private let headers: [(header: Header, value: String)]

    /// The headers that anything here reads; all others are dropped at the door.
    enum Header: String, CaseIterable, Sendable {
        case authorization = "Authorization"
        case contentEncoding = "Content-Encoding"
        case contentLength = "Content-Length"
        case contentType = "Content-Type"
        case idempotencyKey = "Idempotency-Key"
        case ifNoneMatch = "If-None-Match"
        case ifRange = "If-Range"
        case range = "Range"
        case transferEncoding = "Transfer-Encoding"
    }

    init(
        method: String, path: String, query: [(name: String, value: String)] = [],
        headers: [(header: Header, value: String)] = []
    ) {
        (self.method, self.path, self.query, self.headers) = (method, path, query, headers)
    }

    subscript(header: Header) -> String? { headers.first { $0.header == header }?.value }

    func count(of header: Header) -> Int { headers.count { $0.header == header } }

    var contentLength: Int? { self[.contentLength].flatMap { Int($0) } }
    var isChunked: Bool { self[.transferEncoding] != nil }
    var hasBody: Bool { isChunked || (self[.contentLength] ?? "0") != "0" }
}

extension Request {
    /// Must be called inside the access handler, where the connection's values may be read.
    init(_ connection: OpaquePointer, method: UnsafePointer<CChar>, url: UnsafePointer<CChar>) {
        var found = Found()
        withUnsafeMutablePointer(to: &found) { found in
            _ = MHD_get_connection_values(connection, .HEADER_KIND, Found.header, found)
            _ = MHD_get_connection_values(connection, .GET_ARGUMENT_KIND, Found.parameter, found)
        }
        self.init(
            method: String(cString: method), path: String(cString: url), query: found.query, headers: found.headers)
    }

    private struct Found {
        var headers: [(header: Header, value: String)] = []
        var query: [(name: String, value: String)] = []

        static let header: MHD_KeyValueIterator = { context, _, name, value in
            guard let found = context?.assumingMemoryBound(to: Found.self), let name, let value else { return .YES }
            let given = String(cString: name).lowercased()
            if let header = Header.allCases.first(where: { $0.rawValue.lowercased() == given }) {
                found.pointee.headers.append((header, String(cString: value)))
            }
            return .YES
        }

        static let parameter: MHD_KeyValueIterator = { context, _, name, value in
            guard let found = context?.assumingMemoryBound(to: Found.self), let name else { return .YES }
            found.pointee.query.append((String(cString: name), value.map { String(cString: $0) } ?? ""))
            return .YES
        }
    }
}
