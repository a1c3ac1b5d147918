import Foundation
import Pipeline
import TestKit
import Testing

/// `rundum up` as an upload service uses it, by curl.
@Suite struct ServiceTests {
    @Test func `four photos sent over HTTP come back as a finished spin`() async throws {
        let showroom = try Showroom(photos: Showroom.quarters)
        let service = try await Service(showroom)
        var inputs: [JSONValue] = []
        for (index, photo) in showroom.photos.enumerated() {
            let blob = try await service.curl("-X", "POST", "--data-binary", "@\(photo.path)", "/v1/blobs")
            let hash = try #require(blob.json["sha256"]?.stringValue, "\(blob)")
            inputs.append([
                "slot": .string("photo-\(index + 1)"), "name": .string(photo.lastPathComponent),
                "sha256": .string(hash),
            ])
        }
        let request: JSONValue = [
            "name": "showroom", "inputs": .array(inputs), "subject": "stock-1",
            "options": ["model": "u2netp", "precision": "f32", "reconstruct": false],
        ]
        let accepted = try await service.post("/v1/workflows", request, "-H", "Idempotency-Key: one")
        #expect(accepted.status == 202, "\(accepted)")
        let replay = try await service.post("/v1/workflows", request, "-H", "Idempotency-Key: one")
        #expect(replay.json["id"] == accepted.json["id"])
        let id = try #require(accepted.json["id"]?.stringValue)

        let spin = try #require(
            await firstValue(within: .seconds(180)) { () -> JSONValue? in
                let workflow = try await service.curl("/v1/workflows/\(id)").json
                let spin = workflow["jobs"]?.arrayValue?.first { $0["kind"] == "spin" }
                let state = spin?["state"]?.stringValue.flatMap(JobState.init)
                return state?.isFinal == true ? spin : nil
            })
        #expect(spin["state"] == "succeeded")
        let job = try await service.curl("/v1/jobs/\(try #require(spin["id"]?.stringValue))").json
        let viewer = try #require(
            job["result"]?["outputs"]?["viewer"]?["url"]?.stringValue ?? job["outputs"]?["viewer"]?["url"]?.stringValue)
        let page = try await service.curl(viewer)
        #expect(page.status == 200)
        #expect(page.body.contains("<!doctype html>") || page.body.contains("<!DOCTYPE html>"))
        try await service.stop()
    }

    @Test func `without the key nothing is told`() async throws {
        let service = try await Service(Showroom())
        #expect(try await service.anonymous("/v1/jobs").status == 401)
        #expect(try await service.anonymous("/healthz").status == 200)
        try await service.stop()
    }
}

/// A running `rundum up` and a curl that knows its address and key.
struct Service {
    struct Answer: CustomStringConvertible {
        let status: Int
        let body: String
        var json: JSONValue { (try? JSON.decode(JSONValue.self, from: Data(body.utf8))) ?? .null }
        var description: String { "\(status) \(body.prefix(400))" }
    }

    private let program: Program
    private let base: String
    private let key: String

    init(_ showroom: Showroom) async throws {
        let program = try Program(Program.rundum, ["up", "--port", "0"], environment: showroom.environment)
        let lines = await firstValue(within: .seconds(60)) { () -> [String: String]? in
            let pairs = program.err.split(separator: "\n").map {
                $0.split(separator: " ", omittingEmptySubsequences: true)
            }
            let named = pairs.filter { $0.count > 1 }.map { (String($0[0]), String($0[1])) }
            let found = Dictionary(named) { first, _ in first }
            return found["api"] != nil && found["key"] != nil ? found : nil
        }
        let found = try #require(lines, "rundum up did not say its address: \(program.err)")
        self.program = program
        base = try #require(found["api"]?.replacing("/v1", with: ""))
        key = try #require(found["key"])
    }

    func curl(_ words: String...) async throws -> Answer {
        try await call(words, ["-H", "Authorization: Bearer \(key)"])
    }

    func anonymous(_ path: String) async throws -> Answer { try await call([path], []) }

    func post(_ path: String, _ body: JSONValue, _ more: String...) async throws -> Answer {
        let text = String(decoding: try JSON.encode(body), as: UTF8.self)
        return try await call(
            ["-X", "POST", "-H", "Content-Type: application/json", "--data-binary", text] + more + [path],
            ["-H", "Authorization: Bearer \(key)"])
    }

    /// The last word is the path.
    private func call(_ words: [String], _ headers: [String]) async throws -> Answer {
        let url = base + (words.last ?? "")
        let outcome = try await Program.run(
            ["-sS", "-w", "\n%{http_code}"] + headers + words.dropLast() + [url],
            executable: URL(filePath: "/usr/bin/curl"))
        let split = outcome.out.lastIndex(of: "\n") ?? outcome.out.startIndex
        return Answer(status: Int(outcome.out[split...].dropFirst()) ?? 0, body: String(outcome.out[..<split]))
    }

    func stop() async throws {
        program.signal(SIGTERM)
        let outcome = await program.outcome()
        #expect(outcome.status == 0, "\(outcome.err)")
    }
}
