internal import Foundation
internal import JobQueue
internal import Pipeline

/// One row of a manifest or a query: which picture, and what it belongs to.
struct ManifestRecord: Sendable, Equatable, Decodable {
    /// Names the item; rows of one key are one item where a kind takes a set.
    var key: String?
    var subject: String?
    var slot: String?
    /// What people know the picture by.
    var name: String?
    var file: String?
    /// Of a blob that the tenant has stored already.
    var sha256: String?
    /// Several pictures of one item; in JSONL only.
    var files: [String]?
    /// Over those of the command line; in JSONL only.
    var options: JSONValue?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case key, subject, slot, name, file, sha256, files, options
    }

    /// Columns that are none of ours are for other readers.
    init(_ cells: [String: String]) {
        (key, subject, slot, name) = (cells["key"], cells["subject"], cells["slot"], cells["name"])
        (file, sha256) = (cells["file"], cells["sha256"])
    }

    /// A line of JSONL.
    init(line: Substring) throws(Failure) { self = try JSON.decode(ManifestRecord.self, from: Data(line.utf8)) }

    /// The pictures, with paths from `folder`.
    func pictures(in folder: URL) throws(Failure) -> [BackfillItem.File] {
        func path(_ text: String) -> String { URL(filePath: text, relativeTo: folder).standardizedFileURL.path }
        if let files {
            return files.enumerated().map { BackfillItem.File(slot: "photo-\($0 + 1)", path: path($1)) }
        }
        guard (file == nil) != (sha256 == nil) else {
            throw Failure(.invalidRequest, "A row names no file, or a file and a sha256.", hint: "Name one of them.")
        }
        return [BackfillItem.File(slot: slot ?? "", path: file.map(path), sha256: sha256, name: name)]
    }
}
