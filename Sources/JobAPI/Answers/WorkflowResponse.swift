internal import Foundation
internal import JobQueue
internal import Pipeline

/// A workflow as callers see it: its state and progress are those of its jobs together.
enum WorkflowResponse {
    static func encode(_ id: UUID, _ jobs: [Job], _ recipe: RecipeStamp?) -> [UInt8] {
        var writer = JSONWriter(capacity: 1024 * (jobs.count + 1))
        writer.object { writer in
            writer.member("id", id: id)
            writer.member("url", "/v1/workflows/\(id.uuidString.lowercased())")
            writer.member("state", state(of: jobs).rawValue)
            writer.key("recipe")
            RecipeResponse.stamp(recipe, into: &writer)
            writer.key("progress")
            JobResponse.progress(progress(of: jobs), into: &writer)
            writer.key("counts")
            writer.object { writer in
                for state in JobState.allCases {
                    let count = jobs.count { $0.state == state }
                    if count > 0 { writer.member(state.rawValue, count) }
                }
            }
            writer.member("createdAt", jobs.map(\.createdAt).min())
            writer.member("finishedAt", isFinal(jobs) ? jobs.compactMap(\.finishedAt).max() : nil)
            writer.key("jobs")
            writer.array(jobs) { JobResponse.encode($1, .summary, into: &$0) }
        }
        return writer.bytes
    }

    static func isFinal(_ jobs: [Job]) -> Bool { jobs.allSatisfy(\.state.isFinal) }

    /// While jobs are open, the most lively of their states; at the end, that of the jobs nobody else builds on.
    ///
    /// So a photo that failed and was left out does not fail the listing: `counts` tells of it.
    static func state(of jobs: [Job]) -> JobState {
        guard isFinal(jobs) else {
            let started = jobs.contains { $0.state == .running || $0.state.isFinal }
            if started { return .running }
            return [.queued, .scheduled].first { state in jobs.contains { $0.state == state } } ?? .blocked
        }
        let ends = Set(finalSteps(jobs).map(\.state))
        if ends.contains(.failed) { return .failed }
        if ends.contains(.canceled) { return .canceled }
        return jobs.contains { $0.state == .review } ? .review : .succeeded
    }

    /// The mean over all jobs, finished ones being whole; the step is that of a running job, with its label.
    static func progress(of jobs: [Job]) -> JobProgress {
        guard !jobs.isEmpty else { return JobProgress(fraction: 0, step: "") }
        let sum = jobs.reduce(0.0) { $0 + ($1.state.isFinal ? 1 : $1.progress.fraction) }
        let active = jobs.first { $0.state == .running }
        let step = active.map { [$0.label, $0.progress.step].compactMap(\.self).joined(separator: ": ") } ?? ""
        return JobProgress(fraction: sum / Double(jobs.count), step: step)
    }

    private static func finalSteps(_ jobs: [Job]) -> [Job] {
        var used = Set<String>()
        for case .output(let label, _) in jobs.flatMap(\.request.inputs).map(\.source) { used.insert(label) }
        return jobs.filter { job in job.label.map { !used.contains($0) } ?? true }
    }
}
