import Foundation
import Pipeline
import Storage
import TestKit
import Testing

@testable import JobAPI

/// The client that people really use.
@Suite(.disabled(if: !FileManager.default.isExecutableFile(atPath: "/usr/bin/curl"), "curl is not installed"))
struct CurlTests {
    private func curl(_ arguments: [String]) async throws -> String {
        try await Program.run(
            ["--silent", "--show-error", "--max-time", "240"] + arguments, executable: URL(filePath: "/usr/bin/curl")
        ).out
    }

    @Test func `uploads photos, enqueues a workflow and fetches a result`() async throws {
        try await TestServer.run { server in
            let base = "http://127.0.0.1:\(server.port)"
            let key = ["--header", "Authorization: Bearer \(TestServer.key)"]
            var inputs: [String] = []
            for (index, photo) in Fixtures.carPhotos.prefix(4).enumerated() {
                let name = try SHA256Hasher.hash(file: photo).sha256
                let reply = try await curl(
                    key + ["--upload-file", photo.path, "--write-out", " %{http_code}", "\(base)/v1/blobs/\(name)"])
                #expect(reply.hasSuffix(" 201"), "\(reply)")
                inputs.append(#"{"slot":"view-\#(index + 1)","sha256":"\#(name)"}"#)
            }
            let body = #"{"name":"pairing","inputs":[\#(inputs.joined(separator: ","))]}"#
            let reply = try await curl(
                key + ["--header", "Content-Type: application/json", "--data", body, "\(base)/v1/workflows"])
            #expect(try JSON.decode(JSONValue.self, from: Data(reply.utf8))["counts"] == ["queued": 4, "blocked": 1])
            let copy = server.blobs.folder.appending(path: "copy.jpg")
            let first = try #require(Fixtures.carPhotos.first)
            let url = "\(base)/v1/blobs/\(try SHA256Hasher.hash(file: first).sha256)"
            let type = try await curl(key + ["--output", copy.path, "--write-out", "%{content_type}", url])
            #expect(type == "image/jpeg")
            #expect(try Data(contentsOf: copy) == Data(contentsOf: first))
        }
    }

    @Test func `streams a large chunked upload from standard input`() async throws {
        try await TestServer.run { server in
            let file = server.blobs.folder.appending(path: "large")
            try Data(repeating: 42, count: 20_000_000).write(to: file)
            let reply = try await curl([
                "--header", "Authorization: Bearer \(TestServer.key)", "--header", "Transfer-Encoding: chunked",
                "--request", "POST", "--upload-file", file.path, "http://127.0.0.1:\(server.port)/v1/blobs",
            ])
            #expect(try JSON.decode(JSONValue.self, from: Data(reply.utf8))["bytes"] == 20_000_000)
        }
    }

    @Test func `shows curl the refusal of too large a file`() async throws {
        try await TestServer.run(Setup { $0.limits.blobBytes = 1_000_000 }) { server in
            let file = server.blobs.folder.appending(path: "large")
            try Data(repeating: 42, count: 5_000_000).write(to: file)
            for chunked in [[], ["--header", "Transfer-Encoding: chunked"]] {
                let reply = try await curl(
                    ["--header", "Authorization: Bearer \(TestServer.key)", "--upload-file", file.path] + chunked
                        + [
                            "--request", "POST", "--write-out", " %{http_code}",
                            "http://127.0.0.1:\(server.port)/v1/blobs",
                        ])
                #expect(reply.hasSuffix(" 413"), "\(reply)")
                #expect(reply.contains("payload_too_large"))
            }
        }
    }
}
