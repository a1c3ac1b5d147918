internal import Foundation
internal import Pipeline

/// What a person decided about the photos of a showroom that waited for it.
struct PlateDecisions {
    /// Slot and mark: `photo-3:9c2a71d0aa41`. The mark names exactly what was seen there.
    struct Word: CustomStringConvertible {
        let slot: String
        let mark: String

        init(slot: String, mark: String) { (self.slot, self.mark) = (slot, mark) }

        init?(_ text: String) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
            (slot, mark) = (parts[0], parts[1])
        }

        var description: String { "\(slot):\(mark)" }
    }

    private let approved, covered: [Word]

    /// - Throws: `invalidOptions` for what is no word of ours.
    init(_ options: ShowroomOptions) throws(Failure) {
        approved = try Self.words(options.approve, of: "approve")
        covered = try Self.words(options.cover, of: "cover")
    }

    private static func words(_ texts: [String], of option: String) throws(Failure) -> [Word] {
        try texts.map { text throws(Failure) in
            guard let word = Word(text) else {
                throw Failure(
                    .invalidOptions, "The option \(option) must name what was seen, not \(text.debugDescription).",
                    hint: "Take it from the review page: it looks like photo-3:9c2a71d0aa41.")
            }
            return word
        }
    }

    /// The options of one photo's step: those of all, and what was decided about it. Of several words the last counts, and
    /// where both decide about the same, covering does: it shows less.
    func applied(to options: [String: JSONValue], slot: String) -> JSONValue {
        var options = options
        let (cover, approve) = (covered.last { $0.slot == slot }?.mark, approved.last { $0.slot == slot }?.mark)
        options["cover"] = cover.map { .string($0) }
        if approve != cover { options["approve"] = approve.map { .string($0) } }
        return .object(options)
    }
}
