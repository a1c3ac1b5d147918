internal import Foundation
internal import Pipeline
internal import Storage

/// Names of items, short enough for an index.
enum ItemKey {
    static let longest = 1000

    /// The text itself, or its beginning and its hash.
    ///
    /// - Throws: `invalidRequest` for an empty one.
    static func short(_ text: String) throws(Failure) -> String {
        guard !text.isEmpty else { throw Failure(.invalidRequest, "An item has no name.", hint: "Give it a key.") }
        guard text.utf8.count > longest else { return text }
        return String(decoding: text.utf8.prefix(800), as: UTF8.self) + "..." + (try SHA256Hasher.hash(Data(text.utf8)))
    }
}
