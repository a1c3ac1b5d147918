internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Storage

/// A folder with a backup: the dump, the blobs that its rows speak of, and, last of all, the page that says it is whole.
struct Backup: Sendable {
    /// What `backup.json` says.
    struct Page: Codable, Sendable, Equatable {
        var version: String
        var schema: Int
        var begun: Date
        var dumpSHA256: String
        var blobs: Int
        var bytes: Int
    }

    let folder: URL
    private let blobs: DirectoryBlobStore

    private var dump: URL { folder.appending(path: "database.dump") }
    private var page: URL { folder.appending(path: "backup.json") }

    /// - Parameter fresh: makes the folder, which must be empty or an earlier backup; else one must be there.
    init(_ folder: URL, fresh: Bool) throws(Failure) {
        self.folder = folder
        let found = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let isOurs = found.contains("backup.json") || found.contains("backup.unfinished")
        if fresh {
            guard found.isEmpty || isOurs else {
                throw Failure(
                    .conflict, "\(folder.path) holds something else already.",
                    hint: "Name a new folder, or an earlier backup, which will be brought up to date.")
            }
            try Home.prepare(folder)
            // It holds what callers' keys keep apart.
            chmod(folder.path, 0o700)
        } else {
            guard found.contains("backup.json") else {
                throw Failure(
                    .notFound, isOurs ? "The backup was not finished." : "\(folder.path) holds no backup.",
                    hint: isOurs
                        ? "The same rundum db backup goes on with it." : "Name the folder that rundum db backup wrote.")
            }
        }
        blobs = try DirectoryBlobStore(root: folder.appending(path: "blobs"))
    }

    /// Brings the folder up to date with the installation. What an earlier run brought here stays; what no row speaks of any
    /// more goes, so that what was erased is erased here too.
    ///
    /// - Throws: `conflict` when blobs are erased faster than they are copied.
    func write(
        _ installation: Installation, checksums: Bool, progress: StoreProgress
    ) throws(Failure) -> Page {
        let survey = StoreSurvey(url: installation.databaseURL)
        let mark = folder.appending(path: "backup.unfinished")
        _ = FileManager.default.createFile(atPath: mark.path, contents: nil)
        unlink(page.path)
        for _ in 1...3 {
            guard let page = try attempt(survey, installation, progress) else { continue }
            try verify(page, checksums: checksums, progress: progress)
            // The page must not be on the disk before what it speaks of.
            sync()
            try write(page)
            unlink(mark.path)
            return page
        }
        throw Failure(
            .conflict, "Blobs were erased while they were copied.", hint: "Run it again; what was copied stays.")
    }

    /// Nil when a blob of the snapshot was erased before it was copied.
    private func attempt(
        _ survey: StoreSurvey, _ installation: Installation, _ progress: StoreProgress
    ) throws(Failure) -> Page? {
        let fresh = dump.appendingPathExtension("new")
        let begun = Date.now
        guard let schema = try survey.schemaVersion() else {
            throw Failure(.databaseUnavailable, "The database has no tables.", hint: "Run `rundum db migrate`.")
        }
        var (named, bytes): (Set<String>, Int) = ([], 0)
        var gone = false
        try survey.read { (snapshot, each) throws(Failure) in
            try PostgresTools().dump(installation.databaseURL, snapshot: snapshot, to: fresh)
            progress.begin("copying", of: try survey.count())
            try each { (blob) throws(Failure) in
                if try blobs.take(blob.sha256, from: installation.blobs) {
                    named.insert(blob.sha256)
                    bytes += try blobs.size(of: blob.sha256) ?? 0
                } else {
                    gone = true
                }
                progress.step()
            }
        }
        progress.finish()
        if gone, try !isMissingForGood(survey, installation) { return nil }
        try blobs.each { (blob, _) throws(Failure) in
            if !named.contains(blob.sha256) { try blobs.remove(blob.sha256) }
        }
        guard rename(fresh.path, dump.path) == 0 else {
            throw Failure(.storageUnavailable, "The dump can't be put in its place.", detail: dump.path)
        }
        return Page(
            version: Version.current, schema: schema, begun: begun,
            dumpSHA256: try SHA256Hasher.hash(file: dump).sha256,
            blobs: named.count, bytes: bytes)
    }

    /// Whether what could not be copied is missing in the installation itself, now too: another attempt brings no more.
    private func isMissingForGood(_ survey: StoreSurvey, _ installation: Installation) throws(Failure) -> Bool {
        let check = try StoreCheck(survey, installation.blobs, checksums: false, progress: StoreProgress())
        if !check.missing.isEmpty {
            throw Failure(
                .storageUnavailable, "\(check.missing.count) blobs are missing that rows speak of.",
                hint: "rundum db verify names them. Bring them back, or erase what they belong to, and run it again.")
        }
        return false
    }

    private func write(_ facts: Page) throws(Failure) {
        let json = try JSON.encode(facts, pretty: true)
        do { try json.write(to: page, options: .atomic) } catch {
            throw Failure(.storageUnavailable, "\(page.path) can't be written.", detail: "\(error)")
        }
    }

    /// What the backup says of itself.
    func read() throws(Failure) -> Page {
        guard let json = FileManager.default.contents(atPath: page.path) else {
            throw Failure(.notFound, "\(folder.path) holds no backup.")
        }
        return try JSON.decode(Page.self, from: json)
    }

    /// Compares dump and blobs with the page and with their names.
    ///
    /// - Throws: `hashMismatch` with what is broken.
    func verify(_ page: Page, checksums: Bool, progress: StoreProgress) throws(Failure) {
        guard try SHA256Hasher.hash(file: dump).sha256 == page.dumpSHA256 else {
            throw Failure(.hashMismatch, "The dump is not the one that was written.", hint: "Take another backup.")
        }
        var (count, broken) = (0, 0)
        progress.begin("reading the backup", of: page.blobs)
        try blobs.each { (blob, _) throws(Failure) in
            count += 1
            if checksums, try !blobs.isWhole(blob.sha256) { broken += 1 }
            progress.step()
        }
        progress.finish()
        guard count == page.blobs, broken == 0 else {
            throw Failure(
                .hashMismatch, "\(broken) blobs of the backup are broken, \(page.blobs - count) are missing.",
                hint: "Take another backup into a new folder, and check the disk.")
        }
    }

    /// Puts blobs and rows into an empty installation: the blobs first, the rows in one transaction.
    func restore(_ page: Page, into installation: Installation, progress: StoreProgress) throws(Failure) {
        progress.begin("copying", of: page.blobs)
        try blobs.each { (blob, _) throws(Failure) in
            _ = try installation.blobs.take(blob.sha256, from: blobs)
            progress.step()
        }
        progress.finish()
        let survey = StoreSurvey(url: installation.databaseURL)
        try survey.dropEmptySchema()
        try PostgresTools().restore(dump, into: installation.databaseURL)
    }
}
