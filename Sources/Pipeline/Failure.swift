/// Why a job or a request did not succeed; carries no HTTP and no SQL, each edge maps it for itself.
public struct Failure: Error, Sendable, Equatable, Codable {
    /// What the queue and the API decide by. Closed: a new kind must not compile until every table has decided about it.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case invalidOptions, unreadableInput, missingInput
        case overBudget, timedOut, outOfMemory
        case unavailable, workerLost, cancelled, bug
    }

    /// The stable, fine-grained name of what went wrong; never renamed, only added to.
    public let code: Code
    /// One sentence for the caller: what is wrong, and with which input. No paths of ours, no SQL, no library text.
    public let summary: String
    /// What the caller can do about it.
    public let hint: String?
    /// The input that it concerns, when it concerns one.
    public let slot: String?
    /// For operators only: the library's message, sizes, names.
    public let detail: String?

    public init(
        _ code: Code, _ summary: String, hint: String? = nil, slot: String? = nil, detail: String? = nil
    ) {
        (self.code, self.summary, self.hint, self.slot, self.detail) = (code, summary, hint, slot, detail)
    }

    public var kind: Kind { code.kind }

    /// The same failure, said of one input.
    public func about(slot: String) -> Failure {
        Failure(code, summary, hint: hint, slot: self.slot ?? slot, detail: detail)
    }
}

extension Failure: CustomStringConvertible {
    /// Safe to show: the code, the sentence and the hint, without the operators' detail.
    public var description: String {
        let place = slot.map { "\($0): " } ?? ""
        let advice = hint.map { " \($0)" } ?? ""
        return "\(place)\(summary)\(advice) [\(code.rawValue)]"
    }
}

extension Failure {
    /// Stable codes. The raw value is the wire name in result.json, problem documents, rows and exit messages.
    public enum Code: String, Sendable, Codable, CaseIterable {
        // Requests
        case invalidOptions = "invalid_options"
        case unknownOption = "unknown_option"
        case unknownKind = "unknown_kind"
        case invalidRequest = "invalid_request"
        case invalidInputs = "invalid_inputs"
        case idempotencyMismatch = "idempotency_mismatch"
        case notFound = "not_found"
        case conflict = "conflict"
        // Files and pictures
        case inputMissing = "input_missing"
        case inputUnreadable = "input_unreadable"
        case hashMismatch = "hash_mismatch"
        case imageEmpty = "image_empty"
        case imageUnrecognized = "image_unrecognized"
        case imageUnsupported = "image_unsupported"
        case imageTruncated = "image_truncated"
        case imageCorrupt = "image_corrupt"
        case imageTooSmall = "image_too_small"
        case imageTooLarge = "image_too_large"
        case noUsableViews = "no_usable_views"
        case viewsContradict = "views_contradict"
        case viewsAlike = "views_alike"
        // Limits
        case payloadTooLarge = "payload_too_large"
        case deadlineExceeded = "deadline_exceeded"
        case memoryExceeded = "memory_exceeded"
        // The machine and its services
        case modelMissing = "model_missing"
        case modelCorrupt = "model_corrupt"
        case storageUnavailable = "storage_unavailable"
        case databaseUnavailable = "database_unavailable"
        case workerCrashed = "worker_crashed"
        case workerLost = "worker_lost"
        case dependencyFailed = "dependency_failed"
        case cancelled = "cancelled"
        case rejected = "rejected"
        case internalError = "internal_error"

        /// What the queue and the API decide by.
        public var kind: Kind {
            switch self {
            case .invalidOptions, .unknownOption, .unknownKind, .invalidRequest, .invalidInputs,
                .idempotencyMismatch, .conflict:
                .invalidOptions
            case .notFound, .inputMissing, .dependencyFailed: .missingInput
            case .inputUnreadable, .hashMismatch, .imageEmpty, .imageUnrecognized, .imageUnsupported,
                .imageTruncated, .imageCorrupt, .imageTooSmall, .noUsableViews, .viewsContradict, .viewsAlike,
                .rejected:
                .unreadableInput
            case .imageTooLarge, .payloadTooLarge: .overBudget
            case .deadlineExceeded: .timedOut
            case .memoryExceeded: .outOfMemory
            case .modelMissing, .modelCorrupt, .storageUnavailable, .databaseUnavailable: .unavailable
            case .workerCrashed, .workerLost: .workerLost
            case .cancelled: .cancelled
            case .internalError: .bug
            }
        }
    }
}
