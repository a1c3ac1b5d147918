import Foundation
import Pipeline
import Storage
import Testing

@testable import JobAPI

struct BlobRouteTests {
    private static func hash(_ text: String) throws -> String { try SHA256Hasher.hash(Data(text.utf8)) }

    @Test func `stores an upload under its hash, and says whether it was new`() async throws {
        try await TestServer.run { server in
            let first = try await server.send("POST", "/v1/blobs", body: Array("hello".utf8))
            #expect(first.status == 201)
            let name = try Self.hash("hello")
            #expect(try first.json() == ["sha256": .string(name), "bytes": 5, "url": .string("/v1/blobs/\(name)")])
            #expect(first["Location"] == "/v1/blobs/\(name)")
            let again = try await server.send("PUT", "/v1/blobs/\(name)", body: Array("hello".utf8))
            #expect(again.status == 200)
            let other = try await server.send("POST", "/v1/blobs", key: TestServer.otherKey, body: Array("hello".utf8))
            #expect(other.status == 201, "another tenant must not learn that the bytes are known")
        }
    }

    @Test func `refuses bytes that are not what their name says, and keeps nothing`() async throws {
        try await TestServer.run { server in
            let name = try Self.hash("one")
            let reply = try await server.send("PUT", "/v1/blobs/\(name)", body: Array("two".utf8))
            #expect(reply.status == 422)
            #expect(try reply.json()["code"] == "hash_mismatch")
            #expect(!reply.text.contains("found"), "the operators' detail must stay inside")
            #expect(try await server.send("GET", "/v1/blobs/\(name)").status == 404)
            #expect(server.blobs.counts.committed == 0)
        }
    }

    @Test func `gives a blob to its owners only`() async throws {
        try await TestServer.run { server in
            let name = try await server.upload("mine")
            let own = try await server.send("GET", "/v1/blobs/\(name)")
            #expect(own.status == 200)
            #expect(own.text == "mine")
            #expect(own["ETag"] == "\"\(name)\"")
            #expect(own["Cache-Control"] == "private, immutable, max-age=31536000")
            let foreign = try await server.send("GET", "/v1/blobs/\(name)", key: TestServer.otherKey)
            let unknown = try await server.send("GET", "/v1/blobs/\(Self.hash("nothing"))")
            #expect((foreign.status, unknown.status) == (404, 404))
            #expect(foreign.text == unknown.text, "a foreign blob must look like none")
        }
    }

    @Test func `answers HEAD without bytes, and 304 to a caller who has them`() async throws {
        try await TestServer.run { server in
            let name = try await server.upload("0123456789")
            let head = try await server.send("HEAD", "/v1/blobs/\(name)")
            #expect((head.status, head["Content-Length"]) == (200, "10"))
            let known = try await server.send("GET", "/v1/blobs/\(name)", ["If-None-Match": "\"\(name)\""])
            #expect(known.status == 304)
            #expect(known.body.isEmpty)
        }
    }

    @Test(arguments: [
        ("bytes=2-4", "234", "bytes 2-4/10"), ("bytes=7-", "789", "bytes 7-9/10"), ("bytes=-2", "89", "bytes 8-9/10"),
        ("bytes=8-99", "89", "bytes 8-9/10"), ("bytes=-99", "0123456789", "bytes 0-9/10"),
    ])
    func `sends a part of a blob`(range: String, text: String, header: String) async throws {
        try await TestServer.run { server in
            let name = try await server.upload("0123456789")
            let reply = try await server.send("GET", "/v1/blobs/\(name)", ["Range": range])
            #expect((reply.status, reply.text, reply["Content-Range"]) == (206, text, header))
        }
    }

    @Test func `refuses a range outside, and ignores one for another version`() async throws {
        try await TestServer.run { server in
            let name = try await server.upload("0123456789")
            let outside = try await server.send("GET", "/v1/blobs/\(name)", ["Range": "bytes=10-"])
            #expect((outside.status, outside["Content-Range"]) == (416, "bytes */10"))
            let other = try await server.send("GET", "/v1/blobs/\(name)", ["Range": "bytes=0-1", "If-Range": "\"x\""])
            #expect((other.status, other.body.count) == (200, 10))
        }
    }

    @Test func `sends an uploaded page so that no browser runs it`() async throws {
        try await TestServer.run { server in
            let name = try await server.upload("<script>alert(1)</script>")
            let reply = try await server.send("GET", "/v1/blobs/\(name)")
            #expect(reply["Content-Type"] == "application/octet-stream")
            #expect(reply["Content-Disposition"] == "attachment")
            #expect(reply["X-Content-Type-Options"] == "nosniff")
            #expect(reply["Content-Security-Policy"]?.contains("sandbox") == true)
            #expect(reply["Access-Control-Allow-Origin"] == nil)
        }
    }

    @Test func `takes a chunked upload larger than all its buffers`() async throws {
        try await TestServer.run { server in
            let piece = [UInt8](repeating: 7, count: 300_000)
            let wire = try server.wire()
            try await wire.send(TestServer.head("POST", "/v1/blobs", ["Transfer-Encoding": "chunked"]))
            for _ in 0..<20 {
                try await wire.send(String(piece.count, radix: 16) + "\r\n")
                try await wire.send(piece)
                try await wire.send("\r\n")
            }
            try await wire.send("0\r\n\r\n")
            let reply = try await wire.reply()
            #expect(reply.status == 201)
            #expect(try reply.json()["bytes"] == 6_000_000)
        }
    }

    @Test func `holds a caller back while the store is slow, and loses nothing`() async throws {
        try await TestServer.run { server in
            server.blobs.gate.wait()
            let bytes = (0..<6_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let wire = try server.wire()
            try await wire.send(TestServer.head("POST", "/v1/blobs", length: bytes.count))
            async let sent: Void = wire.send(bytes)
            // Others are served meanwhile, by as few threads.
            for _ in 0..<5 { #expect(try await server.send("GET", "/healthz", key: nil).status == 200) }
            server.blobs.gate.signal()
            try await sent
            let reply = try await wire.reply()
            #expect(try reply.json()["sha256"]?.stringValue == SHA256Hasher.hash(Data(bytes)))
        }
    }

    @Test func `refuses too large an upload before its body`() async throws {
        try await TestServer.run(Setup { $0.limits.blobBytes = 1000 }) { server in
            let wire = try server.wire()
            try await wire.send(TestServer.head("POST", "/v1/blobs", ["Expect": "100-continue"], length: 1001))
            let reply = try await wire.reply()
            #expect(reply.status == 413)
            #expect(try reply.json()["code"] == "payload_too_large")
            #expect(server.blobs.counts.begun == 0)
        }
    }

    @Test func `refuses too large a chunked upload as soon as it is`() async throws {
        try await TestServer.run(Setup { $0.limits.blobBytes = 1000 }) { server in
            let wire = try server.wire()
            try await wire.send(TestServer.head("POST", "/v1/blobs", ["Transfer-Encoding": "chunked"]))
            try await wire.send("3e9\r\n" + String(repeating: "x", count: 1001) + "\r\n")
            let reply = try await wire.reply()
            #expect(reply.status == 413, "the body has not even ended")
            #expect(reply["Connection"] == "close")
            try await wire.send("0\r\n\r\n")
            #expect(try await wire.rest().isEmpty)
            try await until("nothing half-written stays") { server.blobs.counts.open == 0 }
            #expect(server.blobs.counts.committed == 0)
        }
    }

    @Test func `drops an upload that breaks off`() async throws {
        try await TestServer.run { server in
            var wire: Wire? = try server.wire()
            try await wire?.send(TestServer.head("POST", "/v1/blobs", length: 100_000))
            try await wire?.send([UInt8](repeating: 1, count: 50_000))
            try await until("the upload begins") { server.blobs.counts.begun == 1 }
            wire = nil
            let start = ContinuousClock.now
            try await until("the upload is dropped") { server.blobs.counts.abandoned == 1 }
            #expect(ContinuousClock.now - start < .seconds(120), "not only when its time is up")
        }
    }

    @Test func `takes an empty blob`() async throws {
        try await TestServer.run { server in
            let reply = try await server.send("POST", "/v1/blobs", body: [])
            #expect(reply.status == 201)
            let name = try #require(try reply.json()["sha256"]?.stringValue)
            #expect(try await server.send("GET", "/v1/blobs/\(name)").body.isEmpty)
            #expect(try await server.send("GET", "/v1/blobs/\(name)", ["Range": "bytes=0-"]).status == 416)
        }
    }

    @Test func `says 503 and when to come back while the store is away`() async throws {
        try await TestServer.run { server in
            server.blobs.fail(with: Failure(.storageUnavailable, "The disk is full.", detail: "/secret/path"))
            let reply = try await server.send("POST", "/v1/blobs", body: Array("x".utf8))
            #expect((reply.status, reply["Retry-After"]) == (503, "5"))
            #expect(try reply.json()["retryable"] == true)
            #expect(!reply.text.contains("secret"))
            #expect(server.records.list.last?.failure?.contains("/secret/path") == true, "operators must see it")
        }
    }

    @Test func `refuses forms, encodings and bodies without a length`() async throws {
        try await TestServer.run { server in
            let form = try await server.send(
                "POST", "/v1/blobs", ["Content-Type": "multipart/form-data; boundary=x"], body: [1])
            #expect(form.status == 415)
            let packed = try await server.send("POST", "/v1/blobs", ["Content-Encoding": "gzip"], body: [1])
            #expect(packed.status == 415)
            #expect(try await server.send("POST", "/v1/blobs").status == 411)
        }
    }
}

struct MediaTypeTests {
    @Test(
        arguments: [
            ([0xFF, 0xD8, 0xFF, 0xE0], "image/jpeg"),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], "image/png"),
            (Array("RIFF....WEBPVP8 ".utf8), "image/webp"), (Array("....ftypavif".utf8), "image/avif"),
            (Array("....ftypheic".utf8), "image/heic"), (Array("....ftypisom".utf8), "video/mp4"),
            (Array("....ftypqt  ".utf8), MediaType.unknown), (Array("glTF".utf8), "model/gltf-binary"),
            (Array("%PDF-1.7".utf8), "application/pdf"), ([0x49, 0x49, 0x2A, 0x00], "image/tiff"),
            ([0x4D, 0x4D, 0x00, 0x2A], "image/tiff"), ([0x1A, 0x45, 0xDF, 0xA3], "video/webm"),
            (Array("<!DOCTYPE html>".utf8), MediaType.unknown), (Array("<svg xmlns=".utf8), MediaType.unknown),
            ([], MediaType.unknown), ([0xFF], MediaType.unknown), (Array("RIFF".utf8), MediaType.unknown),
        ] as [([UInt8], String)])
    func `knows pictures by their first bytes, and nothing that a browser runs`(bytes: [UInt8], type: String) {
        #expect(MediaType.of(bytes) == type)
    }
}

struct ByteRangeTests {
    @Test(arguments: [
        nil, "", "bytes=", "bytes=-", "bytes=a-b", "bytes=1-2,4-5", "items=0-1", "bytes=5-2", "bytes=--1",
    ])
    func `sends the whole for a range that does not count`(header: String?) {
        #expect(ByteRange(header, size: 10) == .whole)
    }

    @Test func `clamps to the size`() {
        #expect(ByteRange("bytes=0-99999999999999999999", size: 10) == .part(0...9))
        #expect(ByteRange("bytes=-0", size: 10) == .unsatisfiable)
        #expect(ByteRange("bytes=-5", size: 0) == .unsatisfiable)
        #expect(ByteRange("bytes=99999999999999999999-", size: 10) == .unsatisfiable)
        #expect(ByteRange("bytes=3-3", size: 10) == .part(3...3))
    }
}
