import Foundation
import Pipeline
import Testing

@testable import JobAPI

/// Bytes that no honest client sends: each gets a refusal or a closed connection, and the server goes on.
struct HostileRequestTests {
    private static let auth = "Host: x\r\nAuthorization: Bearer \(TestServer.key)\r\n"

    /// Sends bytes, says that no more will come, and reads all that is said.
    private func provoke(_ bytes: [UInt8], _ server: TestServer) async throws -> String {
        let wire = try server.wire()
        do {
            try await wire.send(bytes)
        } catch is Wire.Broken {
            // The server may have closed while we sent; what it said can still be read.
        }
        wire.finishSending()
        return try await wire.rest()
    }

    private func provoke(_ text: String, _ server: TestServer) async throws -> String {
        try await provoke(Array(text.utf8), server)
    }

    @Test(arguments: [
        "\r\n\r\n\r\n", "nonsense\r\n\r\n", "GET\r\n\r\n", "GET /healthz\r\n\r\n", "GET /healthz HTTP/9.9\r\n\r\n",
        "\u{0}\u{1}\u{2}\u{3}\r\n\r\n", "GET /health\u{0}z HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nBroken\r\n\r\n", "GET /healthz HTTP/1.1\r\n\r\n",
        "PUT /v1/blobs/../../etc/passwd HTTP/1.1\r\n\(auth)Content-Length: 1\r\n\r\nx",
        "GET /v1/blobs/..%2f..%2fetc%2fpasswd HTTP/1.1\r\n\(auth)\r\n",
        "GET /v1/blobs/ HTTP/1.1\r\n\(auth)\r\n", "GET //v1/jobs HTTP/1.1\r\n\(auth)\r\n",
        "GET /v1/jobs%00 HTTP/1.1\r\n\(auth)\r\n", "GET http://other/v1/jobs HTTP/1.1\r\n\(auth)\r\n",
        "OPTIONS * HTTP/1.1\r\n\(auth)\r\n", "CONNECT other:443 HTTP/1.1\r\n\(auth)\r\n",
        "TRACE /v1/jobs HTTP/1.1\r\n\(auth)\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "POST /v1/blobs HTTP/1.1\r\n\(auth)Content-Length: -1\r\n\r\n",
        "POST /v1/blobs HTTP/1.1\r\n\(auth)Content-Length: 99999999999999999999\r\n\r\n",
        "POST /v1/blobs HTTP/1.1\r\n\(auth)Content-Length: 0x10\r\n\r\n",
        "POST /v1/blobs HTTP/1.1\r\n\(auth)Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /v1/blobs HTTP/1.1\r\n\(auth)Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx",
        "POST /v1/blobs HTTP/1.1\r\n\(auth)Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "GET /v1/jobs?x=\(String(repeating: "y", count: 6000)) HTTP/1.1\r\n\(auth)\r\n",
    ])
    func `refuses garbage and goes on`(text: String) async throws {
        // libmicrohttpd may not see the end of what we send before it looks at idle connections.
        try await TestServer.run(Setup { $0.limits.idleSeconds = 0.2 }) { server in
            let said = try await provoke(text, server)
            // A NUL in a path may end the path for the library; what is left is answered like any other path.
            let isHarmless = text.hasPrefix("GET /health\u{0}")
            #expect(
                said.isEmpty || said.hasPrefix("HTTP/1.1 4") || said.hasPrefix("HTTP/1.1 5") || isHarmless, "\(said)")
            #expect(!said.contains("root:"))
            #expect(try await server.send("GET", "/healthz", key: nil).status == 200)
            try await until("nothing half-written stays") { server.blobs.counts.open == 0 }
            #expect(server.blobs.counts.committed == 0)
        }
    }

    @Test(arguments: [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 4\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    ])
    func `refuses a request whose end is a matter of opinion, and closes`(headers: String) async throws {
        try await TestServer.run { server in
            let said = try await provoke(
                "POST /v1/blobs HTTP/1.1\r\n\(Self.auth)\(headers)\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
                server)
            #expect(said.hasPrefix("HTTP/1.1 400"), "\(said)")
            #expect(!said.contains(#"{"status":"ok"}"#), "the smuggled request must not be answered")
        }
    }

    @Test func `says 431 to huge headers`() async throws {
        try await TestServer.run { server in
            let said = try await provoke(
                "GET /healthz HTTP/1.1\r\nX: \(String(repeating: "y", count: 200_000))\r\n\r\n", server)
            #expect(said.isEmpty || said.hasPrefix("HTTP/1.1 431"), "\(said.prefix(100))")
            let many = (0..<5000).map { "X-\($0): y\r\n" }.joined()
            let other = try await provoke("GET /healthz HTTP/1.1\r\n\(many)\r\n", server)
            #expect(other.isEmpty || other.hasPrefix("HTTP/1.1 431"), "\(other.prefix(100))")
            #expect(try await server.send("GET", "/healthz", key: nil).status == 200)
        }
    }

    @Test func `closes a connection whose header trickles`() async throws {
        try await TestServer.run(Setup { $0.limits.headerSeconds = 0.2 }) { server in
            let wire = try server.wire()
            try await wire.send("GET /healthz HTTP/1.1\r\nHost: x\r\n")
            // Never silent for long, never done: only a deadline of its own ends this.
            let trickle = Task {
                while !Task.isCancelled {
                    guard (try? await wire.send("X: y\r\n")) != nil else { return }
                    try? await Task.sleep(for: .milliseconds(10))
                }
            }
            let start = ContinuousClock.now
            try await until("the trickle is cut") { (try? await wire.send("Y: z\r\n")) == nil }
            trickle.cancel()
            #expect(ContinuousClock.now - start < .seconds(120))
        }
    }

    @Test func `closes a connection whose body trickles`() async throws {
        try await TestServer.run(
            Setup {
                $0.limits.headerSeconds = 0.2
                $0.limits.transferSeconds = 0.2
                $0.limits.slowestBytesPerSecond = 1_000_000
            }
        ) { server in
            let wire = try server.wire()
            try await wire.send(TestServer.head("POST", "/v1/blobs", length: 100_000))
            try await until("the trickle is cut") { (try? await wire.send("x")) == nil }
            try await until("the upload is dropped") { server.blobs.counts.open == 0 }
            #expect(server.blobs.counts.committed == 0)
        }
    }

    @Test func `does not cut a caller who waits for an answer`() async throws {
        try await TestServer.run(
            Setup {
                $0.limits.headerSeconds = 0.1
                $0.limits.transferSeconds = 0.1
            }
        ) { server in
            let id = try await server.enqueue()
            #expect(try await server.send("GET", "/v1/jobs/\(id)?wait=1").status == 200)
        }
    }

    @Test func `answers pipelined requests in order`() async throws {
        try await TestServer.run { server in
            let wire = try server.wire()
            let one = String(decoding: TestServer.head("GET", "/v1/kinds"), as: UTF8.self)
            let two = String(decoding: TestServer.head("GET", "/healthz", key: nil), as: UTF8.self)
            let three = String(decoding: TestServer.head("GET", "/nowhere"), as: UTF8.self)
            try await wire.send(one + two + three + two)
            var statuses: [Int] = []
            for _ in 0..<4 { statuses.append(try await wire.reply().status) }
            #expect(statuses == [200, 200, 404, 200])
        }
    }

    @Test func `speaks HTTP 1.0`() async throws {
        try await TestServer.run { server in
            let said = try await provoke("GET /healthz HTTP/1.0\r\n\r\n", server)
            #expect(said.contains(" 200 "))
            #expect(said.hasSuffix(#"{"status":"ok"}"#))
        }
    }

    @Test func `takes no more connections of one address than allowed`() async throws {
        try await TestServer.run(
            Setup {
                $0.threads = 1
                $0.limits.connectionsPerAddress = 4
            }
        ) { server in
            let wires = try (0..<4).map { _ in try server.wire() }
            for wire in wires {
                try await wire.send(TestServer.head("GET", "/healthz", key: nil))
                #expect(try await wire.reply().status == 200)
            }
            let fifth = try server.wire()
            try? await fifth.send(TestServer.head("GET", "/healthz", key: nil))
            #expect(try await fifth.rest().isEmpty)
        }
    }
}
