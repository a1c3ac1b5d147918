internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Storage

extension JobAPI {
    /// `PUT /v1/backgrounds/{name}`: `{"blob", "floor"?, "lightX"?}`; 201 for a new version, 200 when it is there already.
    func putBackground(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        let body = try BodyReader(call.body, known: ["blob", "floor", "lightX"])
        let blob = try body.requiredText("blob", longest: 64)
        guard SHA256Hasher.isName(blob) else { throw body.fault("blob", "must be 64 lower-case hexadecimal digits") }
        let floor = try body.number("floor", in: 0.4...0.98) ?? 0.82
        let lightX = try body.number("lightX", in: -1...1)
        guard try await intake.owns(blob: blob, tenant: call.tenant) else {
            throw Failure(
                .inputMissing, "The blob of the background is not stored here.",
                hint: "Upload it first: PUT /v1/blobs/{sha256}.")
        }
        let header = try await header(ofBlob: blob)
        let draft = try BackgroundDraft(
            name: call.name, sha256: blob, floor: floor, lightX: lightX, width: header.width, height: header.height)
        let kept = try await book.library.put(draft, tenant: call.tenant)
        let url = "/v1/backgrounds/\(kept.value.name)?version=\(kept.value.version)"
        return .json(kept.isNew ? 201 : 200, headers: [("Location", url)]) { Self.members(kept.value, into: &$0) }
    }

    /// `GET /v1/backgrounds/{name}?version=`
    func sendBackground(_ call: Call) async throws -> Response {
        let query = try QueryReader(call.request.query, known: ["version"])
        let reference = LibraryReference(name: try call.name, version: try query.int("version", in: 1...999_999_999))
        let found = try await book.library.existing(background: reference, tenant: call.tenant)
        return .json { Self.members(found, into: &$0) }
    }

    /// `GET /v1/backgrounds`: the newest version of each.
    func listBackgrounds(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        let all = try await book.library.backgrounds(tenant: call.tenant)
        return .json { writer in
            writer.key("backgrounds")
            writer.array(all) { writer, background in writer.object { Self.members(background, into: &$0) } }
        }
    }

    /// A job that names the tenant's own background, with the picture as its input.
    func set(_ request: JobRequest, tenant: String) async throws -> JobRequest {
        guard let reference = try request.ownBackground() else { return request }
        guard try registry.stage(request.kind).companions.contains(Background.slot) else {
            throw Failure(.invalidOptions, "\(request.kind) takes no background of your own.")
        }
        return request.set(on: try await book.library.existing(background: reference, tenant: tenant))
    }

    private func header(ofBlob name: String) async throws -> PictureHeader {
        let blobs = blobs
        return try await blocking { () throws(Failure) in
            guard let size = try blobs.size(of: name) else {
                throw Failure(.inputMissing, "The blob of the background is gone.", hint: "Upload it again.")
            }
            return try PictureHeader(of: blobs.file(name), count: size)
        }
    }

    private static func members(_ background: Background, into writer: inout JSONWriter) {
        writer.member("name", background.name)
        writer.member("version", background.version)
        writer.member("blob", background.sha256)
        writer.member("url", "/v1/blobs/\(background.sha256)")
        writer.key("floor")
        writer.number(background.floor)
        writer.key("lightX")
        writer.value(background.lightX.map { .number($0) } ?? .null)
        writer.member("width", background.width)
        writer.member("height", background.height)
    }
}
