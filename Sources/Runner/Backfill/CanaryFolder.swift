internal import Foundation
internal import Imaging
internal import JobQueue
internal import Pipeline
internal import Storage

/// The first items of a backfill on one page, before and after, for the person who lets it go on.
struct CanaryFolder: Sendable {
    let backfill: Backfill
    let sights: [BackfillSight]
    /// The command that goes on.
    let resume: String

    /// A picture on the page.
    struct Picture: Sendable, Equatable {
        let file: String
        let name: String
        let width, height: Int
    }

    /// One item's row.
    struct Row: Sendable, Equatable {
        let key: String
        let outcome: String
        /// What is wrong or to be looked at.
        let remarks: [String]
        let seconds: Double
        let before: [Picture]
        let after: [Picture]
        /// The pictures before are results, not the photos.
        let isReplaced: Bool
    }

    private static let side = 640
    /// Of an item, on each side.
    private static let most = 8

    /// Writes the folder whole; an earlier one of ours there goes.
    ///
    /// - Throws: `conflict` where something else stands.
    func write(to target: URL, _ blobs: any BlobStore) throws(Failure) {
        try Home.prepare(target.deletingLastPathComponent())
        var folder = try ResultFolder(target)
        var rows: [Row] = []
        for (index, sight) in sights.enumerated() {
            let old = Self.outputs(sight.before)
            let sources: [(name: String, file: URL)] =
                old.isEmpty ? photos(of: sight.item, blobs) : old.compactMap { Self.stored($0, blobs) }
            let made = Self.outputs(sight.jobs).compactMap { Self.stored($0, blobs) }
            rows.append(
                Row(
                    key: sight.item.key, outcome: sight.outcome ?? "under way", remarks: Self.remarks(sight),
                    seconds: sight.jobs.reduce(0) { $0 + ($1.result?.seconds ?? 0) },
                    before: try pictures(sources, "\(index + 1)-before", into: folder),
                    after: try pictures(made, "\(index + 1)-after", into: folder), isReplaced: !old.isEmpty))
        }
        try folder.add(Data(CanaryPage(backfill: backfill, rows: rows, resume: resume).html.utf8), as: "index.html")
        let items = rows.map { JSONValue.object(["key": .string($0.key), "outcome": .string($0.outcome)]) }
        let facts: JSONValue = ["backfill": .int(Int(backfill.id)), "items": .array(items)]
        try folder.add(JSON.encode(facts, pretty: true), as: "result.json")
        try folder.finish()
    }

    private func photos(of item: BackfillItem, _ blobs: any BlobStore) -> [(name: String, file: URL)] {
        item.source.files.compactMap { file in
            let place = file.path.map { URL(filePath: $0) } ?? file.sha256.flatMap { try? blobs.file($0) }
            return place.map { (file.name ?? $0.lastPathComponent, $0) }
        }
    }

    /// Of jobs, what a person would look at: the finished picture of each, or all pictures of a single one.
    static func outputs(_ jobs: [Job]) -> [OutputFile] {
        if jobs.count == 1, let job = jobs.first { return ranked(job) }
        let best = jobs.compactMap { job in ranked(job).first { $0.file.contains("composite") } }
        return best.isEmpty ? jobs.compactMap { ranked($0).first } : best
    }

    private static func ranked(_ job: Job) -> [OutputFile] {
        let order = ["composite", "image", "cutout", "silhouettes", "sprite"]
        return (job.result?.outputs ?? [:]).filter { $0.value.mediaType.hasPrefix("image/") }
            .sorted { one, other in
                let ranks = [one, other].map { order.firstIndex(of: $0.key) ?? order.count }
                return (ranks[0], one.key) < (ranks[1], other.key)
            }.map(\.value)
    }

    private static func stored(_ output: OutputFile, _ blobs: any BlobStore) -> (name: String, file: URL)? {
        (try? blobs.file(output.sha256)).map { (output.file, $0) }
    }

    private static func remarks(_ sight: BackfillSight) -> [String] {
        let failures = [sight.failure] + sight.jobs.map { $0.state == .failed ? $0.failure?.failure : nil }
        let flags = sight.jobs.flatMap { $0.result?.review ?? [] }
        return failures.compactMap(\.self).map { "\($0)" } + flags.map { "\($0.summary) [\($0.code)]" }
    }

    /// Small copies; what is no picture is left out.
    private func pictures(
        _ sources: [(name: String, file: URL)], _ stem: String, into folder: borrowing ResultFolder
    ) throws(Failure) -> [Picture] {
        var pictures: [Picture] = []
        for (index, source) in sources.prefix(Self.most).enumerated() {
            guard let picture = try? ImageFile.decode(source.file, as: .rgb, maxSide: Self.side) else { continue }
            let name = "\(stem)-\(index + 1).jpg"
            try folder.add(picture.encoded(.jpeg(quality: 82)), as: name)
            pictures.append(Picture(file: name, name: source.name, width: picture.width, height: picture.height))
        }
        return pictures
    }
}
