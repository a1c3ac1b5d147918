internal import Foundation
internal import Pipeline
internal import Storage

/// What a person must look at before it may be published: beside the listing's folder, never in it.
struct ReviewFolder {
    /// Of the stages' outputs.
    static let output = "review"

    let listing: Listing
    /// The listing's folder.
    let target: URL
    /// The words of the command that made the listing, as they were typed.
    let words: [String]

    var place: URL { Self.place(beside: target) }

    static func place(beside target: URL) -> URL {
        let target = target.absoluteURL.standardizedFileURL
        return target.deletingLastPathComponent().appending(path: "\(target.lastPathComponent)-review")
    }

    /// The marked picture of a held photo, in the folder.
    static func picture(of photo: Listing.Photo) -> String { "\(photo.folder).jpg" }

    /// The same command with one more decision for each of these photos, as a person types it.
    func command(_ option: String, _ photos: [Listing.Photo]) -> String {
        let decisions = photos.compactMap(\.decision).flatMap { [option, "\($0)"] }
        return (words + decisions).map(Self.quoted).joined(separator: " ")
    }

    /// Writes the folder; without anything to look at, an earlier one of ours goes.
    ///
    /// - Throws: `conflict` where something else stands.
    func write(blobs: any BlobStore) throws(Failure) {
        try ResultFolder.refuseForeign(place)
        guard !listing.held.isEmpty else {
            try? FileManager.default.removeItem(at: place)
            return
        }
        var folder = try ResultFolder(place)
        for photo in listing.held {
            guard let picture = photo.plates?.result?.outputs[Self.output] else { continue }
            try folder.add(blobs.file(picture.sha256), as: Self.picture(of: photo))
        }
        try folder.add(Data(ReviewPage(folder: self).html.utf8), as: "index.html")
        let waiting = listing.held.map { photo -> JSONValue in
            [
                "slot": .string(photo.input.slot), "name": .string(photo.input.name),
                "picture": .string(Self.picture(of: photo)),
                "decision": photo.decision.map { "\($0)" }.map(JSONValue.string) ?? .null,
            ]
        }
        try folder.add(JSON.encode(JSONValue.object(["held": .array(waiting)]), pretty: true), as: "result.json")
        try folder.finish()
    }

    /// As a POSIX shell takes it.
    static func quoted(_ word: String) -> String {
        let plain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                byte.isLetterOrDigit || "/._-=:,@+%#".utf8.contains(byte)
            }
        return plain && !word.hasPrefix("#") ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self)
    }
}
