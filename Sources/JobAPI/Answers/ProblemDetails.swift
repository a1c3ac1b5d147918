internal import Pipeline

/// A refused or failed request as RFC 9457 says it; the one error type of the routes.
struct ProblemDetails: Error, Sendable {
    /// A part of the body that is wrong.
    struct Fault: Sendable, Equatable {
        /// JSON Pointer (RFC 6901).
        let pointer: String
        let detail: String
    }

    let status: Int
    /// Stable; callers decide by it.
    let code: String
    let title: String
    /// One sentence about this very request.
    let detail: String
    var hint: String?
    var slot: String?
    var retryable = false
    var faults: [Fault] = []
    var headers: [(name: String, value: String)] = []
    /// For the request log, never for the caller.
    var operatorDetail: String?
}

extension ProblemDetails {
    init(_ failure: Failure) {
        let isOurs = failure.kind.isOurs
        self.init(
            status: failure.httpStatus, code: failure.code.rawValue, title: failure.kind.title,
            detail: isOurs ? "Something went wrong on our side." : failure.summary,
            hint: isOurs ? "Try again; if it stays, tell the operator the time and the code." : failure.hint,
            slot: failure.slot, retryable: failure.kind.isRetryable)
        if failure.kind == .unavailable { headers = [("Retry-After", "5")] }
        operatorDetail = [isOurs ? failure.summary : nil, failure.detail].compactMap(\.self).joined(separator: " ")
    }

    /// A failure that is about one place of the body.
    ///
    /// - Parameter pointer: JSON Pointer (RFC 6901).
    init(_ failure: Failure, at pointer: String) {
        self.init(failure)
        // What the body names and is not there makes the body wrong, not the address.
        let isMissing = failure.kind == .missingInput
        self = ProblemDetails(
            status: isMissing ? 422 : status, code: isMissing ? Failure.Code.invalidRequest.rawValue : code,
            title: isMissing ? Failure.Kind.invalidOptions.title : title, detail: detail, hint: hint, slot: slot,
            retryable: retryable, faults: [Fault(pointer: pointer, detail: failure.summary)], headers: headers,
            operatorDetail: operatorDetail)
    }

    /// The one place where texts go out; a choice of language belongs here.
    func response() -> Response {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("type", "urn:problem:\(code)")
            writer.member("title", title)
            writer.member("status", status)
            writer.member("code", code)
            writer.member("detail", detail)
            writer.member("hint", hint)
            writer.key("retryable")
            writer.bool(retryable)
            if let slot { writer.member("slot", slot) }
            guard !faults.isEmpty else { return }
            writer.key("errors")
            writer.array(faults) { writer, fault in
                writer.object { writer in
                    writer.member("pointer", fault.pointer)
                    writer.member("detail", fault.detail)
                }
            }
        }
        var response = Response(
            status, headers: [("Content-Type", "application/problem+json")] + headers, body: .bytes(writer.bytes))
        response.failureDetail = [detail, operatorDetail].compactMap(\.self).joined(separator: " ")
        return response
    }
}

extension Failure {
    /// The status of a request that ends with this failure.
    var httpStatus: Int { code == .conflict ? 409 : kind.httpStatus }
}

extension Failure.Kind {
    /// Total on purpose: a new kind does not compile until it has a status.
    var httpStatus: Int {
        switch self {
        case .invalidOptions, .unreadableInput: 422
        case .missingInput: 404
        case .overBudget: 413
        case .timedOut: 504
        case .outOfMemory, .workerLost, .bug: 500
        case .unavailable: 503
        case .cancelled: 409
        }
    }

    var title: String {
        switch self {
        case .invalidOptions: "The request is not valid"
        case .unreadableInput: "An input can't be read"
        case .missingInput: "Not found"
        case .overBudget: "Too large"
        case .timedOut: "It took too long"
        case .outOfMemory, .workerLost, .bug: "Internal error"
        case .unavailable: "Not available at the moment"
        case .cancelled: "Cancelled"
        }
    }

    /// The same request may succeed later, unchanged.
    var isRetryable: Bool {
        switch self {
        case .unavailable, .timedOut, .workerLost: true
        case .invalidOptions, .unreadableInput, .missingInput, .overBudget, .outOfMemory, .cancelled, .bug: false
        }
    }

    /// Nothing about it is the caller's business; the text is fixed.
    var isOurs: Bool {
        switch self {
        case .outOfMemory, .workerLost, .bug: true
        case .invalidOptions, .unreadableInput, .missingInput, .overBudget, .timedOut, .unavailable, .cancelled: false
        }
    }
}
