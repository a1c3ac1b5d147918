/// What is wrong with a request as HTTP, before any job is concerned.
extension ProblemDetails {
    static func badRequest(_ detail: String, hint: String? = nil) -> ProblemDetails {
        ProblemDetails(
            status: 400, code: "bad_request", title: "The request is malformed", detail: detail, hint: hint)
    }

    static func malformedJSON(_ fault: JSONParser.Fault) -> ProblemDetails {
        ProblemDetails(
            status: 400, code: "malformed_json", title: "The body is not JSON",
            detail: "The body can't be read as JSON: \(fault.reason), at byte \(fault.offset).")
    }

    /// The JSON is fine, its content isn't.
    static func invalid(_ pointer: String, _ detail: String, hint: String? = nil, slot: String? = nil) -> ProblemDetails
    {
        ProblemDetails(
            status: 422, code: "invalid_request", title: "The request is not valid",
            detail: pointer.isEmpty ? "The body \(detail)." : "\(pointer) \(detail).", hint: hint, slot: slot,
            faults: [Fault(pointer: pointer, detail: detail)])
    }

    static func noToken() -> ProblemDetails {
        ProblemDetails(
            status: 401, code: "missing_token", title: "Not authenticated", detail: "The request carries no API key.",
            hint: "Send it as: Authorization: Bearer KEY.",
            headers: [("WWW-Authenticate", #"Bearer realm="rundum""#)])
    }

    static func badToken() -> ProblemDetails {
        ProblemDetails(
            status: 403, code: "bad_token", title: "Not allowed", detail: "The API key is not known here.",
            hint: "Check that it was copied whole, and that it belongs to this server.")
    }

    static func missingScope(_ scope: APIScope) -> ProblemDetails { missingScope(named: scope.rawValue) }

    /// - Parameter hint: what can be done without it.
    static func missingScope(named scope: String, hint: String? = nil) -> ProblemDetails {
        ProblemDetails(
            status: 403, code: "missing_scope", title: "Not allowed",
            detail: "The API key does not have the scope \(scope).", hint: hint)
    }

    static func unknownPath() -> ProblemDetails {
        ProblemDetails(
            status: 404, code: "not_found", title: "Not found", detail: "There is nothing at this address.",
            hint: "The routes are listed in /openapi.json.")
    }

    static func wrongMethod(allowed: [String]) -> ProblemDetails {
        let list = allowed.joined(separator: ", ")
        return ProblemDetails(
            status: 405, code: "method_not_allowed", title: "Method not allowed",
            detail: "This address takes \(list).", headers: [("Allow", list)])
    }

    static func lengthRequired() -> ProblemDetails {
        ProblemDetails(
            status: 411, code: "length_required", title: "Length required",
            detail: "The request needs a body, with a Content-Length or in chunks.")
    }

    static func tooLarge(limit: Int) -> ProblemDetails {
        ProblemDetails(
            status: 413, code: "payload_too_large", title: "Too large",
            detail: "The body is larger than the \(limit) bytes that are taken here.")
    }

    static func uriTooLong(limit: Int) -> ProblemDetails {
        ProblemDetails(
            status: 414, code: "uri_too_long", title: "Address too long",
            detail: "The address is longer than \(limit) bytes.")
    }

    static func unsupportedMediaType(_ detail: String, hint: String) -> ProblemDetails {
        ProblemDetails(
            status: 415, code: "unsupported_media_type", title: "Unsupported media type", detail: detail, hint: hint)
    }

    static func rangeNotSatisfiable(size: Int) -> ProblemDetails {
        ProblemDetails(
            status: 416, code: "range_not_satisfiable", title: "Range not satisfiable",
            detail: "The blob has \(size) bytes; the range lies outside.",
            headers: [("Content-Range", "bytes */\(size)")])
    }

    static func unsupportedEncoding() -> ProblemDetails {
        ProblemDetails(
            status: 501, code: "unsupported_transfer_encoding", title: "Not implemented",
            detail: "The only transfer encoding is chunked.", headers: [("Connection", "close")])
    }

    static func stopping() -> ProblemDetails {
        ProblemDetails(
            status: 503, code: "shutting_down", title: "Not available at the moment",
            detail: "The server is shutting down.", hint: "Send the request again in a moment.", retryable: true,
            headers: [("Retry-After", "5"), ("Connection", "close")])
    }
}
