internal import Foundation
internal import Pipeline

/// The JSON that goes into the database.
enum StoredJSON {
    /// Steps as `rundum.enqueue_steps` takes them: those of a workflow, or one without a label.
    static func steps(_ steps: [JSONValue]) throws(Failure) -> Data { try JSON.encode(JSONValue.array(steps)) }

    static func step(_ job: JobRequest) throws(Failure) -> JSONValue {
        ["job": try value(of: job), "after": [], "toleratesFailure": false]
    }

    static func step(_ step: WorkflowRequest.Step) throws(Failure) -> JSONValue {
        [
            "label": .string(step.label), "job": try value(of: step.job),
            "after": .array(step.after.map { .string($0) }),
            "toleratesFailure": .bool(step.toleratesFailure),
        ]
    }

    /// A value as the text of a jsonb.
    static func text(_ value: some Encodable) throws(Failure) -> String {
        String(decoding: try JSON.encode(value), as: UTF8.self)
    }

    /// JSON times have whole seconds; a job that is delayed by less keeps its time.
    private static func value(of job: JobRequest) throws(Failure) -> JSONValue {
        guard case .object(var members) = try JSON.value(of: job) else {
            throw Failure(.internalError, "A job could not be written as JSON.")
        }
        if let runAt = job.runAt {
            members["runAt"] = .string(
                runAt.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        }
        return .object(members)
    }

    /// Any value, without NUL characters: jsonb can't hold them, and a library's message must not cost a result.
    static func tolerant(_ value: some Encodable) throws(Failure) -> Data {
        let json = try JSON.encode(value)
        guard json.firstRange(of: Data(#"\u0000"#.utf8)) != nil else { return json }
        return withoutNULs(json)
    }

    /// Drops each `\u0000` whose backslash is not itself escaped.
    private static func withoutNULs(_ json: Data) -> Data {
        let backslash = UInt8(ascii: "\\")
        let escape = Array("\\u0000".utf8)
        let bytes = Array(json)
        var kept = Data(capacity: bytes.count)
        var at = 0
        while at < bytes.count {
            if bytes[at] != backslash {
                kept.append(bytes[at])
                at += 1
            } else if bytes[at...].starts(with: escape) {
                at += escape.count
            } else {
                kept.append(contentsOf: bytes[at..<min(at + 2, bytes.count)])
                at += 2
            }
        }
        return kept
    }
}
