internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Storage

extension JobAPI {
    /// `GET /v1/kinds`
    func sendKinds(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        let recipes = try await stampedRecipes(call.tenant)
        let body = try KindResponse.encode(registry, workflows, recipes, builtIn: book.builtIn)
        return versioned(call, "\"\(try SHA256Hasher.hash(Data(body)))\"") { body }
    }

    /// `GET /openapi.json`
    func sendOpenAPI(_ call: Call) -> Response {
        Response(200, headers: [("Content-Type", "application/json")], body: .bytes(OpenAPI.document))
    }

    /// `GET /readyz`: asks the queue and the blob store; a failure of either is the answer.
    func sendReadiness(_ call: Call) async throws -> Response {
        _ = try await intake.jobs(JobFilter(limit: 1), tenant: call.tenant)
        let blobs = blobs
        _ = try await blocking { () throws(Failure) in try blobs.size(of: String(repeating: "0", count: 64)) }
        return Response.json { $0.member("status", "ready") }
    }
}

/// The API's description for programs, as OpenAPI 3.1; a test holds it against the table of routes.
enum OpenAPI {
    static let document = PackageResources.openapi_json
}
