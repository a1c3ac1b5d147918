internal import Foundation
internal import Pipeline

/// Makes the data folder of a new cluster: whole or not at all.
struct ClusterInit {
    let layout: ClusterLayout
    let account: ClusterAccount
    /// False for tests, whose data nobody misses after a power cut.
    let durable: Bool

    func run(_ binaries: PostgresBinaries) throws(Failure) {
        // What an init that was killed has left.
        try? FileManager.default.removeItem(at: layout.unfinished)
        try account.makeFolder(layout.unfinished)
        let initdb = [
            binaries.initdb, "-D", layout.unfinished.path, "-U", "rundum", "--auth=peer", "-E", "UTF8",
            "--locale=C.UTF-8", "--data-checksums", "--no-instructions",
        ]
        let child = try ChildProcess(
            account.command(initdb + (durable ? [] : ["--no-sync"])), log: layout.startLog)
        guard child.succeeded() else {
            let log = (try? String(contentsOf: layout.startLog, encoding: .utf8)) ?? ""
            throw Failure(
                .databaseUnavailable, "The private database could not be made.",
                hint: "Is there room on the disk? Else choose another folder with RUNDUM_HOME.",
                detail: log.split(separator: "\n").suffix(5).joined(separator: "\n"))
        }
        // By the socket only, and only the server's own account and root.
        try write("local all all peer map=rundum\n", to: "pg_hba.conf")
        let names = Set([account.name, "root"]).sorted()
        try write(names.map { "rundum \"\($0)\" rundum\n" }.joined(), to: "pg_ident.conf")
        guard rename(layout.unfinished.path, layout.data.path) == 0 else {
            throw Failure(
                .databaseUnavailable, "The private database could not be made.",
                detail: "rename: \(String(cString: strerror(errno)))")
        }
    }

    private func write(_ text: String, to name: String) throws(Failure) {
        let path = layout.unfinished.appending(path: name).path
        let file = Foundation.open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
        defer { Foundation.close(file) }
        let bytes = Array(text.utf8)
        guard file >= 0, Foundation.write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
            throw Failure(
                .databaseUnavailable, "The private database could not be made.",
                detail: "\(path): \(String(cString: strerror(errno)))")
        }
    }
}
