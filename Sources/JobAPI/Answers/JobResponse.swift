internal import Foundation
internal import JobQueue
internal import Pipeline

/// A job as callers see it. Written by hand into bytes: status answers are the hot path.
enum JobResponse {
    enum Extent { case full, summary }

    /// Raised when the shape of an answer changes, so that a cached one of an older server is not taken for current.
    private static let shape = 2

    /// Of one job: its revision. Nothing has to be encoded to compare it.
    static func tag(_ job: Job) -> String { "\"\(shape).\(job.revision)\"" }

    /// Of several jobs: revisions only grow, so their sum changes with every change of any of them.
    static func tag(_ jobs: [Job]) -> String { "\"\(shape).\(jobs.count).\(jobs.reduce(0) { $0 + $1.revision })\"" }

    static func encode(_ job: Job) -> [UInt8] {
        var writer = JSONWriter(capacity: 2048)
        encode(job, .full, into: &writer)
        return writer.bytes
    }

    static func encode(_ job: Job, _ extent: Extent, into writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id: job.id)
            writer.member("url", "/v1/jobs/\(job.id.uuidString.lowercased())")
            writer.member("kind", job.request.kind.rawValue)
            writer.member("state", job.state.rawValue)
            writer.member("workflow", id: job.workflow)
            writer.member("label", job.label)
            writer.member("subject", job.request.subject)
            writer.member("priority", job.request.priority)
            writer.member("attempt", job.attempt)
            writer.member("maxAttempts", job.request.maxAttempts)
            writer.key("progress")
            progress(job.progress, into: &writer)
            writer.key("failure")
            failure(job.failure, into: &writer)
            result(job, extent, into: &writer)
            writer.key("cached")
            writer.bool(job.cached)
            writer.member("runAt", job.request.runAt)
            writer.member("createdAt", job.createdAt)
            writer.member("startedAt", job.startedAt)
            writer.member("finishedAt", job.finishedAt)
            writer.member("revision", job.revision)
            guard extent == .full else { return }
            writer.key("options")
            writer.value(job.request.options)
            writer.key("inputs")
            writer.array(job.request.inputs) { input($1, into: &$0) }
        }
    }

    static func progress(_ progress: JobProgress, into writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("fraction")
            writer.number(progress.fraction)
            writer.member("step", progress.step)
        }
    }

    private static func failure(_ record: FailureRecord?, into writer: inout JSONWriter) {
        guard let record else { return writer.null() }
        let failure = record.failure
        writer.object { writer in
            writer.member("code", failure.code.rawValue)
            writer.member("summary", failure.summary)
            writer.member("hint", failure.hint)
            writer.member("slot", failure.slot)
            writer.key("retryable")
            writer.bool(failure.kind.isRetryable)
            writer.member("attempt", record.attempt)
            writer.member("at", record.at)
        }
    }

    /// Outputs, data, review and measures; null until they exist.
    private static func result(_ job: Job, _ extent: Extent, into writer: inout JSONWriter) {
        let result = job.result
        writer.key("outputs")
        if let result {
            writer.object { writer in
                for (name, file) in result.outputs.sorted(by: { $0.key < $1.key }) {
                    writer.key(name)
                    output(file, into: &writer)
                }
            }
        } else {
            writer.null()
        }
        writer.key("review")
        writer.array(result?.review ?? []) { writer, flag in
            writer.object { writer in
                writer.member("code", flag.code)
                writer.member("summary", flag.summary)
                writer.member("hint", flag.hint)
                writer.member("slot", flag.slot)
                writer.key("answers")
                writer.array(flag.answers?.keys.sorted() ?? []) { writer, answer in writer.string(answer) }
            }
        }
        guard extent == .full else { return }
        writer.key("data")
        writer.value(result?.data ?? .null)
        writer.key("seconds")
        writer.value(result.map { .number($0.seconds) } ?? .null)
        writer.member("peakBytes", result?.peakBytes)
    }

    private static func output(_ file: OutputFile, into writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("url", "/v1/blobs/\(file.sha256)")
            writer.member("file", file.file)
            writer.member("sha256", file.sha256)
            writer.member("bytes", file.bytes)
            writer.member("mediaType", file.mediaType)
            writer.member("width", file.width)
            writer.member("height", file.height)
        }
    }

    private static func input(_ input: JobInput, into writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("slot", input.slot)
            writer.member("name", input.name)
            switch input.source {
            case .blob(let sha256): writer.member("sha256", sha256)
            case .output(let job, let name):
                writer.member("job", job)
                writer.member("output", name)
            }
        }
    }
}
