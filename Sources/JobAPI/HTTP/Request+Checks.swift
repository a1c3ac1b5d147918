/// What can be refused by the head alone.
extension Request {
    /// Refuses what two readers of the same bytes could understand differently (RFC 9112, 6.3): such requests smuggle others.
    func checkFraming(longest: Int) throws(ProblemDetails) {
        let length = path.utf8.count + query.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 2 }
        guard length <= longest else { throw .uriTooLong(limit: longest) }
        for header in [Header.contentLength, .transferEncoding, .authorization, .idempotencyKey]
        where count(of: header) > 1 {
            throw .ambiguous("The header \(header.rawValue) is given twice.")
        }
        if isChunked, self[.contentLength] != nil {
            throw .ambiguous("Content-Length and Transfer-Encoding exclude each other.")
        }
        if let encoding = self[.transferEncoding], encoding.lowercased() != "chunked" { throw .unsupportedEncoding() }
        if let length = self[.contentLength], !length.utf8.allSatisfy({ (48...57).contains($0) }) || Int(length) == nil
        {
            throw .ambiguous("The Content-Length is not a number of bytes.")
        }
    }

    /// Refuses a body that the route does not take, before any of it is read.
    func checkBody(_ route: Route, _ limits: APILimits) throws(ProblemDetails) {
        let limit = route.body == .blob ? limits.blobBytes : limits.jsonBytes
        if let contentLength, contentLength > limit { throw .tooLarge(limit: limit) }
        if route.body == .none { return }
        guard isChunked || contentLength != nil else { throw .lengthRequired() }
        if let encoding = self[.contentEncoding], encoding.lowercased() != "identity" {
            throw .unsupportedMediaType(
                "The body is encoded as \(encoding.debugDescription).", hint: "Send it without a Content-Encoding.")
        }
        let type = mediaType
        switch route.body {
        case .none: return
        case .json:
            guard type == nil || type == "application/json" else {
                throw .unsupportedMediaType(
                    "The body must be JSON.", hint: "Send it as Content-Type: application/json.")
            }
        case .blob:
            guard type != "multipart/form-data" else {
                throw .unsupportedMediaType(
                    "A form is not a picture.",
                    hint: "Send the file's bytes as the body, as curl --data-binary @FILE or -T FILE does.")
            }
        }
    }

    /// The token of `Authorization: Bearer TOKEN`; nil when there is none.
    func bearerToken() throws(ProblemDetails) -> String? {
        guard let value = self[.authorization] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        let token = parts[1].drop { $0 == " " }
        guard (1...512).contains(token.utf8.count) else { throw .badToken() }
        return String(token)
    }

    /// Whether the caller has the version with this tag (`If-None-Match`, weak comparison).
    func has(_ tag: String) -> Bool {
        guard let given = self[.ifNoneMatch] else { return false }
        return given.split(separator: ",").contains { part in
            let candidate = part.drop { $0 == " " }
            let strong = candidate.hasPrefix("W/") ? candidate.dropFirst(2) : candidate
            return strong == "*" || strong.prefix { $0 != " " } == tag
        }
    }

    /// Names a request so that sending it twice does it once; 1 to 200 visible ASCII characters.
    func idempotency() throws(ProblemDetails) -> String? {
        guard let key = self[.idempotencyKey] else { return nil }
        guard (1...200).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .badRequest("The Idempotency-Key must be 1 to 200 visible ASCII characters.")
        }
        return key
    }

    /// The media type without parameters, in lower case.
    private var mediaType: String? {
        self[.contentType]?.split(separator: ";").first.map { $0.filter { $0 != " " }.lowercased() }
    }
}

extension ProblemDetails {
    /// The connection closes, because nobody knows where the next request begins.
    fileprivate static func ambiguous(_ detail: String) -> ProblemDetails {
        var problem = badRequest(detail)
        problem.headers = [("Connection", "close")]
        return problem
    }
}
