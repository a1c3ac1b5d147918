internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Storage

extension JobAPI {
    /// `PUT /v1/blobs/{sha256}` and `POST /v1/blobs`: the body is stored already when this runs.
    func storeBlob(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        guard let upload = call.upload else { throw Failure(.internalError, "An upload has no body.") }
        var expected: String?
        if case .blob(let name) = call.parameter { expected = name }
        let blob = try await upload.commit(expecting: expected)
        let isKnown = try await intake.owns(blob: blob.sha256, tenant: call.tenant)
        if !isKnown { try await intake.own(blob: blob.sha256, bytes: blob.bytes, tenant: call.tenant) }
        let url = "/v1/blobs/\(blob.sha256)"
        return .json(isKnown ? 200 : 201, headers: [("Location", url), ("ETag", "\"\(blob.sha256)\"")]) { writer in
            writer.member("sha256", blob.sha256)
            writer.member("bytes", blob.bytes)
            writer.member("url", url)
        }
    }

    /// `GET` and `HEAD /v1/blobs/{sha256}`: for its owners only; for everybody else there is no such blob.
    func sendBlob(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        guard case .blob(let name) = call.parameter, try await intake.owns(blob: name, tenant: call.tenant) else {
            throw Failure(.notFound, "There is no such blob.")
        }
        let tag = "\"\(name)\""
        let caching = [("ETag", tag), ("Cache-Control", "private, immutable, max-age=31536000")]
        if call.request.has(tag) { return Response(304, headers: caching) }
        let blobs = blobs
        let (file, size, start) = try await blocking { () throws(Failure) in
            guard let size = try blobs.size(of: name) else { throw Failure(.notFound, "There is no such blob.") }
            let file = try OpenFile(blobs.file(name).path)
            return (file, size, file.prefix(MediaType.prefix))
        }
        let type = MediaType.of(start)
        var headers = caching + [("Content-Type", type), ("Accept-Ranges", "bytes")]
        if type == MediaType.unknown { headers.append(("Content-Disposition", "attachment")) }
        let isCurrent = call.request[.ifRange].map { $0 == tag } ?? true
        switch ByteRange(isCurrent ? call.request[.range] : nil, size: size) {
        case .whole: return Response(200, headers: headers, body: .file(file, offset: 0, count: size))
        case .part(let range):
            headers.append(("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound)/\(size)"))
            return Response(206, headers: headers, body: .file(file, offset: range.lowerBound, count: range.count))
        case .unsatisfiable: throw ProblemDetails.rangeNotSatisfiable(size: size)
        }
    }
}
