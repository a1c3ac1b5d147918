internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Storage

/// `rundum db backup`: rows and blobs of one moment into a folder.
struct DatabaseBackupCommand: Command {
    static let name = "db backup"
    static let abstract = "Writes rows and blobs of one moment into a folder, while everything goes on."
    static let usage = "DIR [--quick] [--json]"
    static let options = [Option("--quick", "Do not read the copied blobs once more."), .home, .json]
    static let discussion = """
        DIR may be an earlier backup, which is brought up to date. On the same file system blobs are hard links: they take no
        space and are safe from us, but not from the disk; copy DIR elsewhere, or name one on another disk.
        """
    static let examples = [Example("rundum db backup /mnt/backup/rundum", "writes it, or brings it up to date")]

    private let folder: URL
    private let arguments: Arguments
    init(_ arguments: Arguments) throws(Failure) {
        (folder, self.arguments) = (try BackupPlace.folder(arguments), arguments)
    }

    func run() async throws(Failure) -> ExitStatus {
        let backup = try Backup(folder, fresh: true)
        let page = try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            try backup.write(installation, checksums: !arguments.has("--quick"), progress: StoreProgress())
        }
        if arguments.has("--json") { Terminal.out(try json(page)) }
        Terminal.say(
            "\(folder.path) holds \(BackfillView.grouped(page.blobs)) blobs (\(BackfillView.size(Double(page.bytes)))) and the rows of \(page.begun.formatted(.iso8601))"
        )
        return .ok
    }
}

/// `rundum db restore`: a backup into an empty home or database.
struct DatabaseRestoreCommand: Command {
    static let name = "db restore"
    static let abstract = "Puts a backup into an empty home or database, and verifies it."
    static let usage = "DIR [--quick] [--json]"
    static let options = [Option("--quick", "Compare sizes only, and do not read every file."), .home, .json]
    static let discussion =
        "Interrupted, the same command goes on. Jobs that ran when the backup was taken are tried again by the first worker."
    static let examples = [
        Example("rundum db restore /mnt/backup/rundum --home /srv/rundum", "makes a new home of it")
    ]

    private let folder: URL
    private let arguments: Arguments
    init(_ arguments: Arguments) throws(Failure) {
        (folder, self.arguments) = (try BackupPlace.folder(arguments), arguments)
    }

    func run() async throws(Failure) -> ExitStatus {
        let backup = try Backup(folder, fresh: false)
        let page = try backup.read()
        guard page.schema <= Database.schemaVersion else {
            throw Failure(
                .conflict, "The backup was taken by a newer program, \(page.version).",
                hint: "Update rundum. Nothing was changed.",
                detail: "schema version \(page.schema), program \(Database.schemaVersion)")
        }
        try backup.verify(page, checksums: !arguments.has("--quick"), progress: StoreProgress())
        return try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            guard try StoreSurvey(url: installation.databaseURL).isEmpty() else {
                throw Failure(
                    .conflict, "The database is not empty.", hint: "Restore into a new home, or a new database.")
            }
            let progress = StoreProgress()
            try backup.restore(page, into: installation, progress: progress)
            try await installation.migrate()
            let check = try StoreCheck(
                StoreSurvey(url: installation.databaseURL), installation.blobs, checksums: !arguments.has("--quick"),
                progress: progress)
            Terminal.out(arguments.has("--json") ? try json(check) : check.text)
            return check.isSound ? .ok : .failed
        }
    }
}

private enum BackupPlace {
    static func folder(_ arguments: Arguments) throws(Failure) -> URL {
        guard arguments.operands.count == 1 else {
            throw Failure(.invalidRequest, "One folder is needed.", hint: "Ask with --help.")
        }
        return URL(filePath: arguments.operands[0]).absoluteURL.standardizedFileURL
    }
}
