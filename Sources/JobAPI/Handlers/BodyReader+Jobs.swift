internal import Foundation
internal import Pipeline
internal import Storage

/// How jobs and workflows stand in a body.
extension BodyReader {
    static let mostInputs = 200
    static let mostSteps = 400

    /// `{"kind", "options"?, "inputs", "subject"?, "priority"?, "runAt"?}`
    func jobRequest() throws(ProblemDetails) -> JobRequest {
        JobRequest(
            kind: Kind(rawValue: try requiredText("kind", longest: 64)), options: value("options") ?? [:],
            inputs: try blobInputs(), subject: try text("subject", longest: 200),
            priority: try int("priority", in: 0...3) ?? 1, runAt: try time("runAt"))
    }

    /// `[{"slot"?, "name"?, "sha256"}]`; unnamed slots are `photo-1`, `photo-2`, ...
    func blobInputs() throws(ProblemDetails) -> [JobInput] {
        let readers = try objects("inputs", counts: 1...Self.mostInputs, known: ["slot", "name", "sha256"])
        var inputs: [JobInput] = []
        for (index, reader) in readers.enumerated() { inputs.append(try reader.blobInput(number: index + 1)) }
        return inputs
    }

    /// `{"label", "kind", "options"?, "inputs", "after"?, "toleratesFailure"?}` with what the workflow says for all.
    func step(_ shared: WorkflowInputs) throws(ProblemDetails) -> WorkflowRequest.Step {
        guard let label = try word("label") else { throw fault("label", "is missing") }
        let readers = try objects(
            "inputs", counts: 1...Self.mostInputs, known: ["slot", "name", "sha256", "job", "output"])
        var inputs: [JobInput] = []
        for (index, reader) in readers.enumerated() { inputs.append(try reader.anyInput(number: index + 1)) }
        let request = JobRequest(
            kind: Kind(rawValue: try requiredText("kind", longest: 64)), options: value("options") ?? [:],
            inputs: inputs, subject: shared.subject, priority: shared.priority, runAt: shared.runAt)
        var after: [String] = []
        for value in try array("after", counts: 0...Self.mostSteps) ?? [] {
            guard let label = value.stringValue else { throw fault("after", "must be a list of labels") }
            after.append(label)
        }
        return WorkflowRequest.Step(
            label: label, job: request, after: after, toleratesFailure: try bool("toleratesFailure") ?? false)
    }

    private func anyInput(number: Int) throws(ProblemDetails) -> JobInput {
        guard has("job") || has("output") else { return try blobInput(number: number) }
        guard !has("sha256") else { throw fault("sha256", "excludes job and output") }
        guard let job = try word("job") else { throw fault("job", "is missing") }
        let output = try requiredText("output", longest: 64)
        let slot = try word("slot") ?? "input-\(number)"
        return JobInput(slot: slot, name: try fileName() ?? slot, source: .output(job: job, name: output))
    }

    private func blobInput(number: Int) throws(ProblemDetails) -> JobInput {
        let slot = try word("slot") ?? "photo-\(number)"
        let sha256 = try requiredText("sha256", longest: 64)
        guard SHA256Hasher.isName(sha256) else {
            throw fault("sha256", "must be 64 lower-case hexadecimal digits", slot: slot)
        }
        return JobInput(slot: slot, name: try fileName() ?? slot, source: .blob(sha256: sha256))
    }

    /// A file's name, not a path: it may come back as a folder's name.
    private func fileName() throws(ProblemDetails) -> String? {
        guard let name = try text("name", longest: 200) else { return nil }
        guard !name.contains("/"), !name.contains("\\"), name != ".", name != ".." else {
            throw fault("name", "must be a file's name without folders")
        }
        return name
    }
}
