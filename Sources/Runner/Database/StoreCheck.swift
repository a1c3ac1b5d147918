internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Storage

/// Whether rows and blobs agree.
struct StoreCheck: Sendable, Encodable, Equatable {
    /// Blobs that rows speak of.
    var blobs = 0
    var bytes = 0
    /// Rows speak of them, and no file is there.
    var missing: [String] = []
    /// The file's bytes are not those that its name says, or as many as its row says.
    var broken: [String] = []
    /// A job names them and no tenant owns them, so nobody can read them.
    var unowned: [String] = []
    /// Files that no row speaks of, older than an upload takes.
    var leftOver: [String] = []
    var leftOverBytes = 0
    var breaches: [StoreSurvey.Breach] = []

    var isSound: Bool { missing.isEmpty && broken.isEmpty && unowned.isEmpty && breaches.isEmpty }

    /// Uploads are stored before their rows are written.
    private static let settled = 3600.0

    /// Reads everything; nothing is changed. Blocks.
    ///
    /// - Parameters:
    ///   - checksums: reads every file; without, sizes are compared only.
    init(
        _ survey: StoreSurvey, _ store: DirectoryBlobStore, checksums: Bool, progress: StoreProgress
    ) throws(Failure) {
        var check = StoreCheck()
        var named: Set<String> = []
        progress.begin("rows and blobs", of: try survey.count())
        try survey.read { (_, each) throws(Failure) in
            try each { (blob) throws(Failure) in
                named.insert(blob.sha256)
                try check.look(at: blob, in: store, checksums: checksums)
                progress.step()
            }
        }
        progress.begin("left over", of: named.count)
        try store.each { (blob, age) throws(Failure) in
            progress.step()
            guard !named.contains(blob.sha256), age > Self.settled else { return }
            check.leftOver.append(blob.sha256)
            check.leftOverBytes += blob.bytes
        }
        progress.finish()
        check.breaches = try survey.breaches()
        self = check
    }

    private init() {}

    private mutating func look(
        at blob: StoreSurvey.NamedBlob, in store: DirectoryBlobStore, checksums: Bool
    ) throws(Failure) {
        blobs += 1
        if blob.bytes == nil { unowned.append(blob.sha256) }
        guard let size = try store.size(of: blob.sha256) else {
            missing.append(blob.sha256)
            return
        }
        bytes += size
        var isRight = blob.bytes.map { $0 == size } ?? true
        if isRight, checksums { isRight = try store.isWhole(blob.sha256) }
        if !isRight { broken.append(blob.sha256) }
    }

    var text: String {
        var lines = ["blobs      \(BackfillView.grouped(blobs)), \(BackfillView.size(Double(bytes)))"]
        for (title, found) in [("missing", missing), ("broken", broken), ("unowned", unowned)] where !found.isEmpty {
            lines.append(
                "\(title.padding(toLength: 10, withPad: " ", startingAt: 0)) \(BackfillView.grouped(found.count))")
            lines += found.prefix(10).map { "           \($0)" }
            if found.count > 10 { lines.append("           ... all with --json") }
        }
        for breach in breaches { lines.append("rows       \(breach.rows) break the rule: \(breach.rule)") }
        if !leftOver.isEmpty {
            lines.append(
                "left over  \(BackfillView.grouped(leftOver.count)) files, \(BackfillView.size(Double(leftOverBytes))), that no row speaks of"
            )
        }
        lines.append(isSound ? "Rows and blobs agree." : "Rows and blobs do not agree.")
        return lines.joined(separator: "\n")
    }
}
