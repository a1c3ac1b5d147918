import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

/// What is left of a subject once it is erased: nothing.
@Suite struct `Erasing a subject` {
    private static let text = "RU ND 820"

    private func request(_ subject: String, _ photo: Int, text: Bool = true) -> JobRequest {
        JobRequest(
            kind: "plates", options: ["text": .bool(text)], inputs: [QueueFixture.photo("front", photo)],
            subject: subject)
    }

    /// A job about a subject that has found a plate's text, with its cached result.
    private func finish(_ queue: QueueFixture, _ subject: String, photo: Int, image: Int, key: String) async throws {
        try await queue.store.own(blob: QueueFixture.sha(photo), bytes: 9, tenant: queue.tenant)
        _ = try await queue.enqueue(request(subject, photo))
        let claim = try #require(try await queue.store.claim(queue.worker, kinds: ["plates"], limit: 1).first)
        var result = QueueFixture.result(["image": image])
        result.data = ["plates": [["text": .string("\(Self.text) of \(subject)")]]]
        #expect(try await queue.store.complete(claim, result: result, cacheKey: key, cached: false))
    }

    /// Everything that the schema's tables hold, as text.
    private func everything(_ queue: QueueFixture) async throws -> String {
        var all = ""
        for table in [
            "job", "done", "cache", "workflow", "dependency", "idempotency", "blob_owner", "backfill", "backfill_item",
        ] {
            all += try await queue.db.rows("select t::text from rundum.\(table) t").flatMap { $0 }.compactMap { $0 }
                .joined(separator: "\n")
        }
        return all
    }

    @Test func `leaves no plate's text, result or file of it, and all of other subjects`() async throws {
        let queue = try await QueueFixture.fresh()
        try await finish(queue, "car-1", photo: 11, image: 21, key: "one")
        try await finish(queue, "car-2", photo: 12, image: 22, key: "two")
        try await finish(queue, "car-3", photo: 11, image: 23, key: "three")
        #expect(try await everything(queue).contains("\(Self.text) of car-1"))

        let receipt = try await queue.store.erase(subject: "car-1", tenant: queue.tenant)
        #expect(receipt.jobs == 1 && receipt.subject == "car-1")
        // The photo is needed by the third car still.
        #expect(receipt.blobs == [QueueFixture.sha(21)] && receipt.orphans == receipt.blobs)
        let left = try await everything(queue)
        #expect(!left.contains("\(Self.text) of car-1") && !left.contains("car-1"))
        #expect(left.contains("\(Self.text) of car-2") && left.contains("\(Self.text) of car-3"))
        #expect(try await queue.store.cachedResult("one", tenant: queue.tenant) == nil)
        #expect(try await queue.store.cachedResult("two", tenant: queue.tenant) != nil)
        #expect(try await queue.store.owns(blob: QueueFixture.sha(11), tenant: queue.tenant))
        #expect(try await queue.store.owns(blob: QueueFixture.sha(21), tenant: queue.tenant) == false)

        let again = try await queue.store.erase(subject: "car-1", tenant: queue.tenant)
        #expect(again.jobs == 0 && again.blobs.isEmpty)
    }

    @Test func `a picture that a recipe or a background names stays the tenant's`() async throws {
        let queue = try await QueueFixture.fresh()
        try await finish(queue, "car-1", photo: 11, image: 21, key: "one")
        let options: JSONValue = ["plates": "logo", "plateLogo": .string(QueueFixture.sha(11))]
        _ = try await queue.store.put(
            RecipeDraft(name: "house", workflow: "showroom", options: options), tenant: queue.tenant)
        let receipt = try await queue.store.erase(subject: "car-1", tenant: queue.tenant)
        #expect(receipt.blobs == [QueueFixture.sha(21)])
        #expect(try await queue.store.owns(blob: QueueFixture.sha(11), tenant: queue.tenant))

        try await finish(queue, "car-2", photo: 12, image: 22, key: "two")
        let hall = try BackgroundDraft(
            name: "hall", sha256: QueueFixture.sha(12), floor: 0.8, lightX: nil, width: 640, height: 480)
        _ = try await queue.store.put(hall, tenant: queue.tenant)
        #expect(try await queue.store.erase(subject: "car-2", tenant: queue.tenant).blobs == [QueueFixture.sha(22)])
    }

    @Test func `is another tenant's affair, and another tenant's files stay`() async throws {
        let queue = try await QueueFixture.fresh()
        try await finish(queue, "car-1", photo: 11, image: 21, key: "one")
        try await queue.store.own(blob: QueueFixture.sha(11), bytes: 9, tenant: "rival")
        let foreign = try await queue.store.erase(subject: "car-1", tenant: "rival")
        #expect(foreign.jobs == 0)
        let receipt = try await queue.store.erase(subject: "car-1", tenant: queue.tenant)
        #expect(receipt.blobs == [QueueFixture.sha(11), QueueFixture.sha(21)])
        #expect(receipt.orphans == [QueueFixture.sha(21)])
    }

    @Test func `waits for jobs that have not ended, and takes whole workflows`() async throws {
        let queue = try await QueueFixture.fresh()
        let jobs = try await queue.enqueue([
            queue.step("a"), queue.step("b", inputs: [QueueFixture.output("front", of: "a")]),
        ])
        do {
            _ = try await queue.store.erase(subject: "car-1", tenant: queue.tenant)
            Issue.record("a live job was erased")
        } catch { #expect(error.code == .conflict && error.hint != nil) }
        _ = try await queue.store.cancel(try #require(jobs["a"]).id, tenant: queue.tenant)
        #expect(try await queue.store.erase(subject: "car-1", tenant: queue.tenant).jobs == 2)
        let left = try await queue.db.rows(
            "select (select count(*) from rundum.workflow) + (select count(*) from rundum.dependency)")
        #expect(left.first?.first == "0")
    }

    @Test func `leaves a backfill's items without a word, and those that wait never become jobs`() async throws {
        let queue = try await QueueFixture.fresh()
        let spec = BackfillSpec(name: "plates", isWorkflow: false, options: [:])
        let id = try await queue.store.plan(spec, pace: BackfillPace(), canary: 0, tenant: queue.tenant) {
            emit throws(Failure) in
            for (place, subject) in ["car-1", "car-2", "car-1"].enumerated() {
                try emit(
                    BackfillItem(
                        key: "/stock/\(subject)/\(place).jpg",
                        source: .init(
                            subject: subject,
                            files: [.init(slot: "front", path: "/stock/\(subject)/\(place).jpg")])))
            }
        }
        let feed = try await queue.store.takeUp(try await queue.store.backfill(id, tenant: queue.tenant))
        let first = try await feed.next(after: 0, limit: 1)
        let job = JobRequest(kind: "plates", inputs: [QueueFixture.photo()], subject: "car-1", priority: 3)
        #expect(try await feed.feed(first.map { ($0, .job(job)) }, blobs: [], checkpoint: 1))
        let claim = try #require(try await queue.store.claim(queue.worker, kinds: ["plates"], limit: 1).first)
        try await queue.complete(claim)

        #expect(try await queue.store.erase(subject: "car-1", tenant: queue.tenant).jobs == 1)
        #expect(try await !everything(queue).contains("car-1"))
        #expect(try await feed.next(after: 0, limit: 9).map(\.key) == ["/stock/car-2/1.jpg"])
        var tally = try await queue.store.tally(id)
        _ = try await feed.collect(into: &tally)
        #expect(tally.gone == 1 && tally.canceled == 1 && tally.waiting == 1)
        #expect(try await queue.store.troubles(ofBackfill: id).map(\.key) == ["erased-1", "erased-3"])
    }
}
