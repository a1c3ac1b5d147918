public import Foundation
public import Pipeline

/// PostgreSQL's own programs that write a database to a file and read it back.
public struct PostgresTools: Sendable {
    private let binaries: PostgresBinaries

    /// - Throws: `databaseUnavailable` when they are not installed.
    public init() throws(Failure) { binaries = try PostgresBinaries.find(major: nil) }

    /// Writes the schema `rundum` as it was at the snapshot, in pg_dump's custom format. Blocks.
    public func dump(_ url: String, snapshot: String, to file: URL) throws(Failure) {
        try run(
            "pg_dump",
            [
                "--format=custom", "--schema=rundum", "--no-owner", "--no-privileges", "--snapshot=\(snapshot)",
                "--file=\(file.path)", "--dbname=\(url)",
            ], log: file.appendingPathExtension("log"))
    }

    /// Reads a dump into a database without the schema, in one transaction: all of it or nothing. Blocks.
    public func restore(_ file: URL, into url: String) throws(Failure) {
        let log = FileManager.default.temporaryDirectory.appending(path: "rundum-restore-\(UUID().uuidString).log")
        try run(
            "pg_restore",
            [
                "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--dbname=\(url)",
                file.path,
            ], log: log)
    }

    private func run(_ name: String, _ arguments: [String], log: URL) throws(Failure) {
        defer { unlink(log.path) }
        let program = binaries.folder.appending(path: name)
        guard try ChildProcess([program.path] + arguments, log: log).succeeded() else {
            let said = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            throw Failure(
                .databaseUnavailable, "\(name) did not succeed.",
                hint: "Check the free space, and that \(name) is not older than the server.",
                detail: said.split(separator: "\n").suffix(5).joined(separator: "\n"))
        }
    }
}
