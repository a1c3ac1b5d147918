internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Storage

/// One showroom through the real queue: photos in, workflow enqueued or found again, watched until its end.
struct ShowroomRun: Sendable {
    let installation: Installation
    let tenant: String
    let look: ShowroomLook

    /// Stores the photos. One that can't be read is kept as a failure, the others go on.
    func upload(_ files: [URL]) async -> [PhotoInput] {
        var photos: [PhotoInput] = []
        for (index, file) in files.enumerated() {
            let (slot, name) = ("photo-\(index + 1)", file.lastPathComponent)
            do {
                let blob = try installation.blobs.put(file: try Self.readable(file), move: false)
                try await installation.store.own(blob: blob.sha256, bytes: blob.bytes, tenant: tenant)
                photos.append(PhotoInput(slot: slot, name: name, sha256: blob.sha256, failure: nil))
            } catch {
                photos.append(PhotoInput(slot: slot, name: name, sha256: nil, failure: error.about(slot: slot)))
            }
        }
        return photos
    }

    /// The file, if it is one that can be read.
    static func readable(_ file: URL) throws(Failure) -> URL {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder) else {
            throw Failure(.inputUnreadable, "The file \(file.path) does not exist.", hint: "Check the path.")
        }
        guard !isFolder.boolValue else {
            throw Failure(
                .inputUnreadable, "\(file.path) is a folder.", hint: "Name the photos in it: \(file.path)/*.jpg")
        }
        guard access(file.path, R_OK) == 0 else {
            throw Failure(.inputUnreadable, "The file \(file.path) can't be read.", hint: "Check its rights.")
        }
        return file
    }

    /// Enqueues the workflow; an unfinished one with the same content, left by a crash, is taken up instead.
    func enqueue(_ photos: [PhotoInput], subject given: String?, registry: StageRegistry) async throws(Failure) -> UUID
    {
        let inputs = photos.compactMap { photo in
            photo.sha256.map { JobInput(slot: photo.slot, name: photo.name, source: .blob(sha256: $0)) }
        }
        let subject: String
        if let given { subject = given } else { subject = try Self.subject(photos) }
        let named = WorkflowInputs(
            photos: inputs, subject: subject, priority: 0, background: look.background,
            companions: [look.logo].compactMap(\.self))
        var request = try registry.admit(
            ShowroomWorkflow.template.request(named, options: JSON.value(of: look.options)))
        request.recipe = look.recipe
        if let unfinished = try await unfinished(request, subject: subject) { return unfinished }
        let enqueued = try await installation.store.enqueue(request, tenant: tenant, idempotencyKey: nil)
        guard let workflow = enqueued.workflow else { throw Failure(.internalError, "The workflow got no name.") }
        return workflow
    }

    /// Named after the photos, so that the same photos are the same subject.
    private static func subject(_ photos: [PhotoInput]) throws(Failure) -> String {
        let hashes = photos.map { $0.sha256 ?? "-" }.joined(separator: " ")
        return "showroom-\(try SHA256Hasher.hash(Data(hashes.utf8)).prefix(16))"
    }

    private func unfinished(_ request: WorkflowRequest, subject: String) async throws(Failure) -> UUID? {
        let filter = JobFilter(states: [.blocked, .scheduled, .queued, .running], kind: "spin", subject: subject)
        for spin in try await installation.store.jobs(filter, tenant: tenant).jobs {
            guard let workflow = spin.workflow else { continue }
            let jobs = try await installation.store.workflow(workflow, tenant: tenant)
            let same =
                jobs.count == request.steps.count
                && request.steps.allSatisfy { step in jobs.contains { $0.label == step.label && $0.request == step.job }
                }
            if same { return workflow }
        }
        return nil
    }

    /// Polls until every job is final; a database that is away for a moment is waited for.
    func watch(_ workflow: UUID, show: @Sendable ([Job]) -> Void) async throws(Failure) -> [Job] {
        var patience = ContinuousClock.now + .seconds(60)
        while true {
            do {
                let jobs = try await installation.store.workflow(workflow, tenant: tenant)
                show(jobs)
                if jobs.allSatisfy(\.state.isFinal) { return jobs }
                patience = .now + .seconds(60)
            } catch  where error.code == .databaseUnavailable && ContinuousClock.now < patience {}
            do { try await Task.sleep(for: .milliseconds(150)) } catch {
                throw Failure(
                    .cancelled, "The run was interrupted.", hint: "The same command goes on where it stopped.")
            }
        }
    }
}

/// The workflow's jobs as bars: one a kind, in the order of the work.
enum ShowroomBars {
    static func bars(_ jobs: [Job]) -> [ProgressBars.Bar] {
        let titles: [(Kind, String)] = [
            ("plates", "Number plates"), ("cutout", "Cut-outs"), ("renditions", "Renditions"), ("spin", "Spin"),
            ("reconstruct", "3D model"),
        ]
        return titles.compactMap { kind, title in
            let part = jobs.filter { $0.request.kind == kind }
            return part.isEmpty ? nil : bar(title, part)
        }
    }

    private static func bar(_ title: String, _ jobs: [Job]) -> ProgressBars.Bar {
        let done = jobs.filter(\.state.isFinal)
        let sum = jobs.reduce(0) { $0 + ($1.state.isFinal ? 1 : $1.progress.fraction) }
        var notes = ["\(done.count)/\(jobs.count)"]
        let cached = jobs.filter(\.cached).count
        let skipped = jobs.filter { $0.failure?.failure.code == .dependencyFailed && $0.state == .failed }.count
        let failed = jobs.filter { $0.state == .failed }.count - skipped
        if cached > 0 { notes.append("\(cached) from the cache") }
        if failed > 0 { notes.append("\(failed) failed") }
        if skipped > 0 { notes.append("\(skipped) skipped") }
        let waiting = jobs.filter { $0.state == .review }.count
        if waiting > 0 { notes.append("\(waiting) to look at") }
        if let step = jobs.first(where: { $0.state == .running })?.progress.step, !step.isEmpty { notes.append(step) }
        return ProgressBars.Bar(title: title, fraction: sum / Double(jobs.count), note: notes.joined(separator: "  "))
    }
}
