internal import Foundation
internal import Pipeline

/// Where PostgreSQL's programs are.
struct PostgresBinaries: Equatable {
    /// 15 of PostgreSQL 15.
    let major: Int
    let folder: URL

    static let installHint = "Install it with `apt-get install postgresql-15`, or set DATABASE_URL to a server."
    static let debianFolder = URL(filePath: "/usr/lib/postgresql")

    var initdb: String { folder.appending(path: "initdb").path }
    var postgres: String { folder.appending(path: "postgres").path }

    /// The newest ones, or those of `major` when the data asks for it.
    static func find(
        major: Int?, debian: URL = debianFolder, path: String? = ProcessInfo.processInfo.environment["PATH"]
    ) throws(Failure) -> PostgresBinaries {
        let found = installed(debian) + onPath(path ?? "")
        if let best = found.filter({ major == nil || $0.major == major }).max(by: { $0.major < $1.major }) {
            return best
        }
        if let major {
            throw Failure(
                .databaseUnavailable, "The private database is of PostgreSQL \(major), which is not installed.",
                hint: "Install postgresql-\(major).", detail: "found: \(found.map(\.major))")
        }
        throw Failure(.databaseUnavailable, "PostgreSQL is not installed.", hint: installHint)
    }

    private static func installed(_ debian: URL) -> [PostgresBinaries] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: debian.path)) ?? []
        return names.compactMap { name in
            guard let major = Int(name) else { return nil }
            let binaries = PostgresBinaries(major: major, folder: debian.appending(path: "\(name)/bin"))
            return binaries.isComplete ? binaries : nil
        }
    }

    private static func onPath(_ path: String) -> [PostgresBinaries] {
        path.split(separator: ":").compactMap { entry in
            let binaries = PostgresBinaries(major: 0, folder: URL(filePath: String(entry)).resolvingSymlinksInPath())
            guard binaries.isComplete, let major = binaries.askMajor() else { return nil }
            return PostgresBinaries(major: major, folder: binaries.folder)
        }
    }

    private var isComplete: Bool {
        [initdb, postgres].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// From `postgres (PostgreSQL) 15.14 (Debian ...)`.
    private func askMajor() -> Int? {
        let answer = FileManager.default.temporaryDirectory.appending(path: "rundum-version-\(UUID().uuidString)")
        defer { unlink(answer.path) }
        guard let child = try? ChildProcess([postgres, "--version"], log: answer), child.succeeded(),
            let words = try? String(contentsOf: answer, encoding: .utf8).split(separator: " "), words.count > 2
        else { return nil }
        return Int(words[2].prefix { $0.isNumber })
    }
}
