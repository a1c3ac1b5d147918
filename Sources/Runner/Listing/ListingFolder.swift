internal import Foundation
internal import Pipeline
internal import Storage

/// Lays a listing out as a folder: pictures, spin, model, page and `result.json` with the hash of every file.
enum ListingFolder {
    static func write(_ listing: Listing, to target: URL, blobs: any BlobStore) throws(Failure) -> StageResult {
        var folder = try ResultFolder(target)
        var result = StageResult(kind: "showroom", version: 1, ok: listing.status == .ok)
        for part in parts(of: listing) { try add(part, to: folder, blobs: blobs, result: &result) }
        let page = Data(ListingPage.html(listing).utf8)
        try folder.add(page, as: "index.html")
        result.outputs["index"] = OutputFile(
            file: "index.html", sha256: try SHA256Hasher.hash(page), bytes: page.count, mediaType: "text/html")
        result.data = try data(of: listing)
        let together = [listing.spin, listing.model].flatMap { $0?.result?.review ?? [] }
        result.review = listing.photos.flatMap(\.review) + together
        result.identity = Array(Set(result.identity)).sorted()
        try folder.add(JSON.encode(result, pretty: true), as: "result.json")
        try folder.finish()
        return result
    }

    /// A job's result and the sub-folder that its files go to.
    struct Part {
        let path: String
        let result: StageResult
    }

    static func parts(of listing: Listing) -> [Part] {
        let photos = listing.photos.flatMap { photo in
            let base = "photos/\(photo.folder)"
            return [
                photo.plates?.result.map { Part(path: base, result: $0.forPublishing) },
                photo.cutout?.result.map { Part(path: base, result: $0) },
                photo.renditions?.result.map { Part(path: "\(base)/renditions", result: $0) },
            ]
        }
        let together = [("spin", listing.spin), ("model", listing.model)].map { path, job in
            job?.result.map { Part(path: path, result: $0) }
        }
        return (photos + together).compactMap(\.self)
    }

    private static func add(
        _ part: Part, to folder: borrowing ResultFolder, blobs: any BlobStore, result: inout StageResult
    ) throws(Failure) {
        for (name, output) in part.result.outputs.sorted(by: { $0.key < $1.key }) {
            var placed = output
            placed.file = "\(part.path)/\(output.file)"
            try folder.add(blobs.file(output.sha256), as: placed.file)
            result.outputs["\(part.path)/\(name)"] = placed
        }
        result.identity += part.result.identity
        result.seconds += part.result.seconds
        result.peakBytes = max(result.peakBytes, part.result.peakBytes)
    }

    private static func data(of listing: Listing) throws(Failure) -> JSONValue {
        let photos = try listing.photos.map { photo throws(Failure) in try JSON.value(of: PhotoFacts(photo)) }
        return [
            "photos": .array(photos), "spin": listing.spin?.result?.data ?? .null,
            "model": listing.model?.result?.data ?? .null,
            "notes": .array(listing.notes.map(JSONValue.string)), "options": try JSON.value(of: listing.options),
            "recipe": try listing.recipe.map { stamp throws(Failure) in try JSON.value(of: stamp) } ?? .null,
        ]
    }
}

extension StageResult {
    /// Without what only a reviewer may see.
    fileprivate var forPublishing: StageResult {
        var result = self
        result.outputs[ReviewFolder.output] = nil
        return result
    }
}

/// A photo in `result.json`.
private struct PhotoFacts: Encodable {
    let slot: String
    let name: String
    let sha256: String?
    let folder: String
    let state: JobState
    let failure: Failure?
    let review: [ReviewFlag]
    let plates: JSONValue?
    let cutout: JSONValue?
    let renditions: JSONValue?

    init(_ photo: Listing.Photo) {
        (slot, name, sha256) = (photo.input.slot, photo.input.name, photo.input.sha256)
        (folder, state, failure, review) = ("photos/\(photo.folder)", photo.status, photo.failure, photo.review)
        plates = photo.plates?.result?.data
        (cutout, renditions) = (photo.cutout?.result?.data, photo.renditions?.result?.data)
    }
}
