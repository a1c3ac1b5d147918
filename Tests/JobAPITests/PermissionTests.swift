import Foundation
import Pipeline
import Testing

@testable import JobAPI

/// What a key may ask a stage for, and what it is shown of the answer.
struct PermissionTests {
    private func enqueue(_ server: TestServer, key: String, secret: Bool) async throws -> HTTPReply {
        let sha256 = try await server.upload("a picture", key: TestServer.key)
        return try await server.send(
            "POST", "/v1/jobs", key: key,
            json: #"{"kind":"confide","options":{"secret":\#(secret)},"inputs":[{"sha256":"\#(sha256)"}]}"#)
    }

    @Test func `refuses a request whose options need a scope that the key lacks, and says which`() async throws {
        try await TestServer.run { server in
            let plain = try await enqueue(server, key: TestServer.writeKey, secret: false)
            #expect(plain.status == 202, "\(plain.text)")
            let reply = try await enqueue(server, key: TestServer.writeKey, secret: true)
            #expect(reply.status == 403)
            #expect(try reply.json()["code"] == "missing_scope")
            #expect(reply.text.contains("plates:text") && reply.text.contains("confide"))
            #expect(try await enqueue(server, key: TestServer.key, secret: true).status == 202)
            let sha256 = try await server.upload("a picture", key: TestServer.key)
            let step = #"{"label":"a","kind":"confide","options":{"secret":true},"inputs":[{"sha256":"\#(sha256)"}]}"#
            let workflow = try await server.send(
                "POST", "/v1/workflows", key: TestServer.writeKey, json: #"{"steps":[\#(step)]}"#)
            #expect(workflow.status == 403, "\(workflow.text)")
        }
    }

    @Test func `shows the answer without what the key may not read`() async throws {
        try await TestServer.run { server in
            let reply = try await enqueue(server, key: TestServer.key, secret: true)
            let id = try #require(try reply.json()["id"]?.stringValue.flatMap { UUID(uuidString: $0) })
            await server.intake.update(id) { job in
                job.state = .succeeded
                job.result = StageResult(
                    kind: "confide", version: 1,
                    data: ["plates": [["text": "RU ND 820", "box": [1, 2, 3, 4]]], "mark": "x"])
            }
            let path = "/v1/jobs/\(id.uuidString.lowercased())"
            let (whole, part) = (
                try await server.send("GET", path), try await server.send("GET", path, key: TestServer.writeKey)
            )
            #expect(whole.text.contains("RU ND 820") && whole.text.contains("\"text\""))
            #expect(!part.text.contains("820") && !part.text.contains("\"text\""), "\(part.text)")
            #expect(try part.json()["data"]?["mark"] == "x" && part.text.contains("\"box\""))
        }
    }
}

/// A kind that tells a secret to who may know it.
struct ConfideStage: Stage {
    struct Options: StageOptions {
        var secret = false
        static let schema = OptionsSchema([OptionField("secret", .boolean, default: false, "Tells it.")])
    }

    static let kind: Kind = "confide"
    static let version = 1
    static let abstract = "Tells a secret."
    static let arity = InputArity.one
    private static let permission = Permission(rawValue: "plates:text")
    static func budget(for options: Options) -> Budget { Budget(pixels: 1, bytes: 1, wallSeconds: 1) }
    static func permissions(for options: Options) -> Set<Permission> { options.secret ? [permission] : [] }
    static let guarded: [Permission: Set<String>] = [permission: ["text"]]
    func run(_ options: Options, in context: StageContext) async throws(Failure) -> [String] { [] }
}
