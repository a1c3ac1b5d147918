internal import Foundation
internal import JobQueue
internal import Pipeline

/// What did not succeed, as a table for a spreadsheet.
enum FailureSheet {
    static let header = ["item", "key", "subject", "outcome", "code", "summary", "hint", "input", "attempts", "job"]

    /// Writes the file whole, under a temporary name first; without failures it holds the header.
    ///
    /// - Returns: how many lines it has.
    static func write(_ store: PostgresJobStore, backfill: Int64, to file: URL) async throws(Failure) -> Int {
        var (text, count, place) = (CSV.line(header), 0, 0)
        while true {
            let page = try await store.troubles(ofBackfill: backfill, after: place)
            for trouble in page { text += CSV.line(cells(trouble)) }
            count += page.count
            guard let last = page.last else { break }
            place = last.number
        }
        do { try Data(text.utf8).write(to: file, options: .atomic) } catch {
            throw Failure(
                .storageUnavailable, "\(file.path) can't be written.", hint: "Check the folder and the free space.",
                detail: "\(error)")
        }
        return count
    }

    private static func cells(_ trouble: BackfillTrouble) -> [String] {
        let flag = trouble.review.first
        return [
            "\(trouble.number)", trouble.key, trouble.subject ?? "", trouble.outcome,
            trouble.failure?.code.rawValue ?? flag?.code ?? "", trouble.failure?.summary ?? flag?.summary ?? "",
            trouble.failure?.hint ?? flag?.hint ?? "", trouble.failure?.slot ?? "", "\(trouble.attempt)",
            trouble.job?.uuidString.lowercased() ?? "",
        ]
    }
}
