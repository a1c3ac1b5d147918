import Foundation
import Pipeline
import Testing

@testable import JobAPI

@Suite struct `Backgrounds over HTTP` {
    @Test func `a picture is kept under a name, in versions`() async throws {
        try await TestServer.run { server in
            let (hall, night) = (
                try await server.upload(Pictures.png(1600, 900)), try await server.upload(Pictures.jpeg(2000, 1200))
            )
            let first = try await server.put("hall", #"{"blob":"\#(hall)","floor":0.8,"lightX":-0.5}"#)
            #expect(first.status == 201, "\(first.text)")
            let made = try first.json()
            #expect((made["version"], made["floor"], made["lightX"]) == (1, 0.8, -0.5))
            #expect((made["width"], made["height"], made["blob"]) == (1600, 900, .string(hall)))
            #expect(try await server.put("hall", #"{"blob":"\#(hall)","floor":0.8,"lightX":-0.5}"#).status == 200)
            let second = try await server.put("hall", #"{"blob":"\#(night)"}"#)
            #expect(second.status == 201 && second["Location"] == "/v1/backgrounds/hall?version=2")
            #expect(try second.json()["lightX"] == .null)
            #expect(try await server.send("GET", "/v1/backgrounds/hall?version=1").json() == made)
            let list = try await server.send("GET", "/v1/backgrounds").json()
            #expect(list["backgrounds"]?.arrayValue?.map { $0["version"] } == [2])
            let theirs = try await server.send("GET", "/v1/backgrounds", key: TestServer.otherKey).json()
            #expect(theirs["backgrounds"] == [])
            #expect(try await server.send("GET", "/v1/backgrounds/hall", key: TestServer.otherKey).status == 404)
        }
    }

    @Test(
        arguments: [
            (Data(), "image_empty"), (Data("hello".utf8), "image_unrecognized"),
            (Data("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), "image_unrecognized"),
            (Pictures.png(600, 400), "image_too_small"), (Pictures.png(1600, 900).dropLast(9), "image_truncated"),
            (Pictures.png(40_000, 40_000), "image_too_large"),
            (Data([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0]), "image_unsupported"),
            (Pictures.jpeg(1600, 900).prefix(20), "image_truncated"),
            (Pictures.webP(1600, 900).dropLast(4), "image_truncated"),
            (Pictures.webP(100, 900), "image_too_small"),
        ] as [(Data, String)])
    func `what is no background has a code of its own`(bytes: Data, code: String) async throws {
        try await TestServer.run { server in
            let blob = try await server.upload(bytes)
            let reply = try await server.put("hall", #"{"blob":"\#(blob)"}"#)
            #expect(try reply.json()["code"] == .string(code))
            #expect([413, 422].contains(reply.status))
            #expect(try await server.send("GET", "/v1/backgrounds").json()["backgrounds"] == [])
        }
    }

    @Test func `a hash is not a key`() async throws {
        try await TestServer.run { server in
            let blob = try await server.upload(Pictures.png(1600, 900), key: TestServer.otherKey)
            let reply = try await server.put("hall", #"{"blob":"\#(blob)"}"#)
            #expect(try reply.status == 404 && reply.json()["code"] == "input_missing")
        }
    }

    @Test(arguments: [
        (#"{"floor":0.8}"#, "/blob"), (#"{"blob":"abc"}"#, "/blob"), (#"{"blob":"HASH","floor":0.1}"#, "/floor"),
        (#"{"blob":"HASH","lightX":3}"#, "/lightX"), (#"{"blob":"HASH","light":0}"#, "/light"),
        (#"{"blob":"HASH","floor":"low"}"#, "/floor"),
    ])
    func `errors name the field`(body: String, pointer: String) async throws {
        try await TestServer.run { server in
            let blob = try await server.upload(Pictures.png(1600, 900))
            let reply = try await server.put("hall", body.replacing("HASH", with: blob))
            #expect(reply.status == 422)
            #expect(try reply.json()["errors"]?.arrayValue?.first?["pointer"] == .string(pointer))
        }
    }

    @Test func `a job that names one gets it as an input, pinned, with its places`() async throws {
        try await TestServer.run { server in
            let hall = try await server.upload(Pictures.webP(1600, 900))
            _ = try await server.put("hall", #"{"blob":"\#(hall)","floor":0.75,"lightX":0.25}"#)
            let photo = try await server.upload("photo")
            let reply = try await server.send(
                "POST", "/v1/jobs",
                json:
                    #"{"kind":"stand","inputs":[{"sha256":"\#(photo)"}],"options":{"background":"own:hall","lightX":0.5}}"#
            )
            #expect(reply.status == 202, "\(reply.text)")
            let job = try reply.json()
            #expect(
                job["inputs"]?.arrayValue?.last == ["slot": "background", "name": "hall@1", "sha256": .string(hall)])
            #expect(job["options"] == ["background": "", "floorLine": 0.75, "lightX": 0.5])

            for (kind, value, status) in [
                ("stand", "own:nope", 404), ("stand", "own:hall@2", 404), ("stand", "own:", 422),
                ("paint", "own:hall", 422),
            ] {
                let refused = try await server.send(
                    "POST", "/v1/jobs",
                    json: #"{"kind":"\#(kind)","inputs":[{"sha256":"\#(photo)"}],"options":{"background":"\#(value)"}}"#
                )
                #expect(refused.status == status, "\(refused.text)")
            }
        }
    }

    @Test func `a recipe may name one, and a workflow sets its photos on it`() async throws {
        try await TestServer.run { server in
            let missing = try await server.send(
                "PUT", "/v1/recipes/ours", json: #"{"workflow":"standing","options":{"backdrop":"own:hall"}}"#)
            #expect(missing.status == 404 && missing.text.contains("hall"))
            let hall = try await server.upload(Pictures.png(1600, 900))
            _ = try await server.put("hall", #"{"blob":"\#(hall)"}"#)
            let kept = try await server.send(
                "PUT", "/v1/recipes/ours", json: #"{"workflow":"standing","options":{"backdrop":"own:hall"}}"#)
            #expect(kept.status == 201)
            let photo = try await server.upload("photo")
            let reply = try await server.send(
                "POST", "/v1/workflows", json: #"{"name":"standing","recipe":"ours","inputs":[{"sha256":"\#(photo)"}]}"#
            )
            let url = try #require(try reply.json()["jobs"]?.arrayValue?.first?["url"]?.stringValue, "\(reply.text)")
            let job = try await server.send("GET", url).json()
            #expect(job["inputs"]?.arrayValue?.last?["name"] == "hall@1")
        }
    }
}

/// Headers of pictures; there is nothing behind them.
private enum Pictures {
    static func png(_ width: Int, _ height: Int) -> Data {
        Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) + big(13, 4) + Data("IHDR".utf8) + big(width, 4)
            + big(height, 4) + Data([8, 2, 0, 0, 0]) + big(0, 4) + big(0, 4) + Data("IEND".utf8) + big(0, 4)
    }

    static func jpeg(_ width: Int, _ height: Int) -> Data {
        Data([0xFF, 0xD8, 0xFF, 0xE0]) + big(16, 2) + Data(count: 14) + Data([0xFF, 0xC2]) + big(17, 2) + Data([8])
            + big(height, 2) + big(width, 2) + Data(count: 10) + Data([0xFF, 0xD9])
    }

    static func webP(_ width: Int, _ height: Int) -> Data {
        func little(_ value: Int, _ bytes: Int) -> Data { Data(big(value, bytes).reversed()) }
        let body =
            Data("WEBPVP8X".utf8) + little(10, 4) + little(0, 4) + little(width - 1, 3) + little(height - 1, 3)
        return Data("RIFF".utf8) + little(body.count, 4) + body
    }

    private static func big(_ value: Int, _ bytes: Int) -> Data {
        Data((0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
    }
}

extension TestServer {
    fileprivate func upload(_ bytes: Data, key: String = TestServer.key) async throws -> String {
        let reply = try await send("POST", "/v1/blobs", key: key, body: Array(bytes))
        return try #require(try reply.json()["sha256"]?.stringValue)
    }

    fileprivate func put(_ name: String, _ json: String) async throws -> HTTPReply {
        try await send("PUT", "/v1/backgrounds/\(name)", json: json)
    }
}
