internal import Foundation
internal import JobQueue
internal import Pipeline

/// Where a backfill's items come from.
enum ItemSource: Sendable {
    /// Files, folders and manifests, as they were named.
    case files([URL])
    case query(QuerySource)
    /// Ended jobs, done again with their own options where `keepsOptions`; `given` goes over those.
    case jobs(JobSelection, keepsOptions: Bool, given: [String: JSONValue])
    /// Ended workflows, by name.
    case workflows(JobSelection, String)
}

/// Reads a source into items, each key once.
struct ItemReader: Sendable {
    let source: ItemSource
    /// The kind takes a set of pictures, or it is a workflow.
    let takesSets: Bool
    let store: PostgresJobStore
    /// Of all items; nil leaves it to the source.
    let subject: String?

    /// What a reading found besides the items.
    struct Findings: Sendable, Equatable {
        var items = 0
        /// Named again; each thing is done once.
        var repeated = 0
    }

    /// Gives each item to `body`, in order; blocks.
    func read(_ body: (BackfillItem) throws(Failure) -> Void) throws(Failure) -> Findings {
        var findings = Findings()
        var seen: Set<String> = []
        func emit(_ item: BackfillItem) throws(Failure) {
            guard seen.insert(item.key).inserted else {
                findings.repeated += 1
                return
            }
            findings.items += 1
            try body(item)
        }
        switch source {
        case .files(let places): for place in places { try read(place, emit) }
        case .query(let query):
            var sets = RecordSets()
            let here = URL(filePath: FileManager.default.currentDirectoryPath)
            try query.each { (cells) throws(Failure) in try take(ManifestRecord(cells), here, &sets, emit) }
            try sets.items(subject: subject, emit)
        case .jobs(let selection, let keepsOptions, let given):
            try store.items(of: selection, keepsOptions: keepsOptions) { (item) throws(Failure) in
                var own = item.source
                if let options = own.options?.objectValue { own.options = .object(options.merging(given) { $1 }) }
                own.subject = subject ?? own.subject
                try emit(BackfillItem(key: item.key, source: own, previous: item.previous))
            }
        case .workflows(let selection, let name): try store.workflowItems(of: selection, name: name, emit)
        }
        return findings
    }

    private func read(_ place: URL, _ emit: (BackfillItem) throws(Failure) -> Void) throws(Failure) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder) else {
            throw Failure(.inputUnreadable, "\(place.path) does not exist.", hint: "Check the path.")
        }
        if isFolder.boolValue {
            try PictureFolders.walk(place) { (folder, pictures) throws(Failure) in
                guard takesSets else {
                    for picture in pictures { try emit(item([picture], named: picture.path, subject: nil)) }
                    return
                }
                try emit(item(pictures, named: folder.path, subject: folder.lastPathComponent))
            }
        } else if ["csv", "jsonl", "ndjson"].contains(place.pathExtension.lowercased()) {
            try readManifest(place, emit)
        } else {
            guard !takesSets else {
                throw Failure(
                    .invalidInputs, "\(place.path) is one picture, and a set is needed.",
                    hint: "Name folders, each with the pictures of one thing, or a manifest.")
            }
            try emit(item([place], named: place.path, subject: nil))
        }
    }

    private func item(_ pictures: [URL], named key: String, subject given: String?) throws(Failure) -> BackfillItem {
        let files = pictures.enumerated().map { BackfillItem.File(slot: "photo-\($0 + 1)", path: $1.path) }
        return BackfillItem(key: try ItemKey.short(key), source: .init(subject: subject ?? given, files: files))
    }

    private func readManifest(
        _ file: URL, _ emit: (BackfillItem) throws(Failure) -> Void
    ) throws(Failure) {
        guard let bytes = FileManager.default.contents(atPath: file.path) else {
            throw Failure(.inputUnreadable, "The manifest \(file.path) can't be read.", hint: "Check its rights.")
        }
        let (text, folder) = (String(decoding: bytes, as: UTF8.self), file.deletingLastPathComponent())
        var sets = RecordSets()
        func take(_ record: ManifestRecord, line: Int) throws(Failure) {
            do throws(Failure) { try self.take(record, folder, &sets, emit) } catch {
                throw Self.located(error, file, line)
            }
        }
        if file.pathExtension.lowercased() == "csv" {
            try CSV.read(text) { (cells, line) throws(Failure) in try take(ManifestRecord(cells), line: line) }
        } else {
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            where !line.allSatisfy(\.isWhitespace) {
                let record: ManifestRecord
                do throws(Failure) { record = try ManifestRecord(line: line) } catch {
                    throw Self.located(error, file, index + 1)
                }
                try take(record, line: index + 1)
            }
        }
        try sets.items(subject: subject, emit)
    }

    private static func located(_ error: Failure, _ file: URL, _ line: Int) -> Failure {
        Failure(
            error.code, "\(file.lastPathComponent), line \(line): \(error.summary)", hint: error.hint,
            detail: error.detail)
    }

    /// One row: an item, or a part of one.
    private func take(
        _ record: ManifestRecord, _ folder: URL, _ sets: inout RecordSets,
        _ emit: (BackfillItem) throws(Failure) -> Void
    ) throws(Failure) {
        let pictures = try record.pictures(in: folder)
        if takesSets, record.files == nil {
            guard let key = record.key ?? record.subject else {
                throw Failure(.invalidRequest, "A row of a set has neither key nor subject.")
            }
            sets.add(pictures, of: record, to: key)
            return
        }
        let key =
            record.key ?? (takesSets ? record.subject : nil) ?? pictures.first?.path ?? pictures.first?.sha256 ?? ""
        let named = pictures.map { file in
            var file = file
            if file.slot.isEmpty { file.slot = "photo-1" }
            return file
        }
        try emit(
            BackfillItem(
                key: try ItemKey.short(key),
                source: .init(subject: subject ?? record.subject, files: named, options: record.options)))
    }
}

/// Rows that belong together, until all are read.
private struct RecordSets {
    private var order: [String] = []
    private var found: [String: BackfillItem.Source] = [:]

    mutating func add(_ pictures: [BackfillItem.File], of record: ManifestRecord, to key: String) {
        if found[key] == nil { order.append(key) }
        var source = found[key] ?? BackfillItem.Source(subject: record.subject, files: [], options: record.options)
        for var picture in pictures {
            if picture.slot.isEmpty { picture.slot = "photo-\(source.files.count + 1)" }
            source.files.append(picture)
        }
        found[key] = source
    }

    func items(subject: String?, _ emit: (BackfillItem) throws(Failure) -> Void) throws(Failure) {
        for key in order {
            guard var source = found[key] else { continue }
            source.subject = subject ?? source.subject ?? key
            try emit(BackfillItem(key: try ItemKey.short(key), source: source))
        }
    }
}
