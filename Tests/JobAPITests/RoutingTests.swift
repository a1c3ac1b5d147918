import Foundation
import Pipeline
import Testing

@testable import JobAPI

struct RoutingTests {
    private let router = Router()
    private static let id = "0190a2b4-0000-7000-8000-000000000001"
    private static let hash = String(repeating: "0f", count: 32)

    @Test func `finds every route by its own template`() {
        for route in Route.table {
            let path = route.template.replacing("{sha256}", with: Self.hash).replacing("{id}", with: Self.id)
                .replacing("{name}", with: "hall")
            guard case .found(let found, _) = router.destination(method: route.method, path: path) else {
                Issue.record("\(route.method) \(path) is not found")
                continue
            }
            #expect(found.endpoint == route.endpoint)
        }
    }

    @Test func `has one route a method and template`() {
        #expect(Set(Route.table.map { "\($0.method) \($0.template)" }).count == Route.table.count)
    }

    @Test(arguments: [
        "", "/", "v1/jobs", "/v1", "/v1/jobs/", "//v1/jobs", "/v1/jobs/\(id)/", "/v1/jobs/\(id)/cancel/x", "/V1/jobs",
        "/v1/jobs/\(id)x", "/v1/jobs/{id}", "/v1/jobs/\(id.replacing("-", with: ""))", "/v1/blobs/\(hash.uppercased())",
        "/v1/blobs/\(hash.dropLast())", "/v1/blobs/\(hash)0", "/v1/blobs/..", "/v1/blobs/%2e%2e", "/v1/%6aobs",
        "/v1/blobs/\(hash.dropLast())/", "/v1/blobs/\(hash.dropLast())é", "/v1/jobs/a/b/c/d/e/f/g/h/i/j/k",
    ])
    func `knows no path but those of the table`(path: String) {
        guard case .unknown = router.destination(method: "GET", path: path) else {
            Issue.record("\(path) leads somewhere")
            return
        }
    }

    @Test func `says which methods an address takes`() async throws {
        guard case .wrongMethod(let allowed) = router.destination(method: "DELETE", path: "/v1/blobs/\(Self.hash)")
        else {
            Issue.record("no answer")
            return
        }
        #expect(allowed == ["PUT", "GET", "HEAD"])
        try await TestServer.run { server in
            let reply = try await server.send("DELETE", "/v1/jobs")
            #expect((reply.status, reply["Allow"]) == (405, "POST, GET, HEAD"))
            let options = try await server.send("OPTIONS", "/v1/jobs", ["Origin": "https://evil.example"])
            #expect((options.status, options["Access-Control-Allow-Origin"]) == (405, nil))
        }
    }

    @Test func `answers problems as RFC 9457 says`() async throws {
        try await TestServer.run { server in
            let reply = try await server.send("GET", "/nowhere")
            #expect(reply.status == 404)
            #expect(reply["Content-Type"] == "application/problem+json")
            let problem = try reply.json()
            #expect(problem["status"] == 404)
            for member in ["type", "title", "code", "detail", "hint", "retryable"] {
                #expect(problem[member] != nil, "\(member)")
            }
            #expect(reply["Cache-Control"] == "no-store")
        }
    }

    @Test func `refuses parameters where there are none`() async throws {
        try await TestServer.run { server in
            let reply = try await server.send("GET", "/v1/kinds?verbose")
            #expect(reply.status == 400)
            #expect(reply.text.contains("verbose"))
        }
    }

    @Test func `says 414 to a long address`() async throws {
        try await TestServer.run { server in
            let reply = try await server.send("GET", "/v1/jobs?subject=" + String(repeating: "x", count: 5000))
            #expect(reply.status == 414)
        }
    }
}

struct ProblemTests {
    @Test(arguments: [
        (Failure.Code.invalidOptions, 422), (.idempotencyMismatch, 422), (.conflict, 409), (.notFound, 404),
        (.inputMissing, 404), (.imageTruncated, 422), (.payloadTooLarge, 413), (.deadlineExceeded, 504),
        (.memoryExceeded, 500), (.workerCrashed, 500), (.internalError, 500), (.databaseUnavailable, 503),
        (.cancelled, 409),
    ])
    func `has a status for each kind of failure`(code: Failure.Code, status: Int) {
        let problem = ProblemDetails(Failure(code, "What it is.", hint: "What to do.", slot: "front", detail: "inner"))
        #expect(problem.status == status)
        #expect(problem.slot == "front")
        #expect((problem.detail == "What it is.") == (status != 500), "faults of ours have one text")
        guard case .bytes(let body) = problem.response().body else { return }
        #expect(!String(decoding: body, as: UTF8.self).contains("inner"))
    }

    @Test func `gives every kind a title`() {
        for kind in Failure.Kind.allCases { #expect(!kind.title.isEmpty && (400...599).contains(kind.httpStatus)) }
    }
}

struct OpenAPITests {
    @Test func `describes exactly the routes there are`() throws {
        let document = try JSON.decode(JSONValue.self, from: Data(OpenAPI.document))
        #expect(document["openapi"] == "3.1.0")
        var described = Set<String>()
        for (path, methods) in try #require(document["paths"]?.objectValue) {
            for method in try #require(methods.objectValue).keys where method != "head" {
                described.insert("\(method.uppercased()) \(path)")
            }
        }
        #expect(described == Set(Route.table.map { "\($0.method) \($0.template)" }))
    }

    @Test func `names the operation, the scope and the problem of each route`() throws {
        let document = try JSON.decode(JSONValue.self, from: Data(OpenAPI.document))
        for route in Route.table {
            let operation = try #require(document["paths"]?[route.template]?[route.method.lowercased()])
            #expect(operation["operationId"] == .string(route.endpoint.rawValue))
            #expect(operation["responses"]?["default"] != nil)
            #expect((operation["requestBody"] != nil) == (route.body != .none))
            let security: JSONValue =
                switch route.access {
                case .open: []
                case .anyKey: [["key": []]]
                case .scope(let scope): [["key": [.string(scope.rawValue)]]]
                }
            #expect(operation["security"] == security, "\(route.template)")
        }
    }

    @Test func `refers only to what it defines`() throws {
        let document = try JSON.decode(JSONValue.self, from: Data(OpenAPI.document))
        func references(_ value: JSONValue) -> [String] {
            switch value {
            case .array(let values): values.flatMap(references)
            case .object(let members):
                members.flatMap { key, value in key == "$ref" ? [value.stringValue ?? ""] : references(value) }
            default: []
            }
        }
        for reference in references(document) {
            let parts = reference.split(separator: "/").dropFirst()
            #expect(parts.reduce(document as JSONValue?) { $0?[String($1)] } != nil, "\(reference)")
        }
    }

    @Test func `describes every member of a job that is sent, and requires it`() async throws {
        let document = try JSON.decode(JSONValue.self, from: Data(OpenAPI.document))
        try await TestServer.run { server in
            let id = try await server.enqueue()
            let full = try #require(try await server.send("GET", "/v1/jobs/\(id)").json().objectValue)
            let page = try await server.send("GET", "/v1/jobs").json()
            let summary = try #require(page["jobs"]?.arrayValue?.first?.objectValue)
            for (name, sent) in [("Job", full), ("JobSummary", summary)] {
                let schema = try #require(document["components"]?["schemas"]?[name])
                #expect(Set(schema["properties"]?.objectValue.map { Array($0.keys) } ?? []) == Set(sent.keys))
                #expect(Set(schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? []) == Set(sent.keys))
            }
            let states = document["components"]?["schemas"]?["JobState"]?["enum"]?.arrayValue
            #expect(states == JobState.allCases.map { .string($0.rawValue) })
            let served = try await server.send("GET", "/openapi.json")
            #expect(served.body == OpenAPI.document)
        }
    }
}

struct KindRouteTests {
    @Test func `lists kinds and workflows with their options as JSON Schema`() async throws {
        try await TestServer.run { server in
            let reply = try await server.send("GET", "/v1/kinds")
            let answer = try reply.json()
            let paint = try #require(answer["kinds"]?.arrayValue?.first { $0["name"] == "paint" })
            #expect((paint["name"], paint["version"], paint["inputs"]) == ("paint", 3, ["minimum": 1, "maximum": 1]))
            let schema = PaintStage.Options.schema.jsonSchema
            #expect(paint["options"] == (try JSON.decode(JSONValue.self, from: JSON.encode(schema))))
            let pairing = try #require(answer["workflows"]?.arrayValue?.first)
            #expect((pairing["name"], pairing["inputs"]) == ("pairing", ["minimum": 1, "maximum": 4]))
            #expect((pairing["companions"], paint["companions"]) == (["pattern"], ["pattern"]))
            let tag = try #require(reply["ETag"])
            #expect(try await server.send("GET", "/v1/kinds", ["If-None-Match": tag]).status == 304)
            #expect(try await server.send("GET", "/readyz").text == #"{"status":"ready"}"#)
        }
    }
}
