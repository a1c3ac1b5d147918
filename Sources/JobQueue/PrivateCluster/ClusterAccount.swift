internal import Foundation
internal import Pipeline

/// The account that the server runs as: ourselves, or, as PostgreSQL refuses root, the owner of the data or `postgres`.
struct ClusterAccount: Equatable {
    let uid: uid_t
    let gid: gid_t
    let name: String

    /// - Parameter data: the data folder; when it is there already, its owner is the account.
    static func serving(_ data: URL) throws(Failure) -> ClusterAccount {
        var status = stat()
        let exists = stat(data.path, &status) == 0
        guard geteuid() == 0 else {
            guard !exists || status.st_uid == geteuid() else {
                throw Failure(
                    .databaseUnavailable, "The private database belongs to another user.",
                    hint: "Choose another folder with RUNDUM_HOME, or run as that user or as root.",
                    detail: "\(data.path) belongs to uid \(status.st_uid)")
            }
            return ClusterAccount(uid: geteuid(), gid: getegid(), name: name(of: geteuid()) ?? "\(geteuid())")
        }
        if exists {
            return ClusterAccount(
                uid: status.st_uid, gid: status.st_gid, name: name(of: status.st_uid) ?? "\(status.st_uid)")
        }
        guard let entry = getpwnam("postgres") else {
            throw Failure(
                .databaseUnavailable, "PostgreSQL does not run as root, and there is no user postgres.",
                hint: PostgresBinaries.installHint)
        }
        return ClusterAccount(uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid, name: "postgres")
    }

    private var isOther: Bool { geteuid() != uid }

    /// The command that runs a program as this account.
    func command(_ program: [String]) -> [String] {
        guard isOther else { return program }
        return [
            "/usr/bin/setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--clear-groups", "--inh-caps=-all",
            "--no-new-privs",
        ]
            + program
    }

    /// Makes a folder that only this account may enter.
    func makeFolder(_ folder: URL) throws(Failure) {
        guard mkdir(folder.path, 0o700) == 0 || errno == EEXIST, give(folder) else {
            throw Failure(
                .databaseUnavailable, "The private database's folder could not be made.",
                hint: "Choose another with RUNDUM_HOME.", detail: "\(folder.path): \(String(cString: strerror(errno)))")
        }
    }

    private func give(_ folder: URL) -> Bool { !isOther || chown(folder.path, uid, gid) == 0 }

    /// Refuses a folder that this account can't reach, and names the first ancestor that stands in the way.
    func checkReach(_ folder: URL, log: URL) throws(Failure) {
        guard isOther else { return }
        func enters(_ path: String) throws(Failure) -> Bool {
            try ChildProcess(command(["/usr/bin/test", "-x", path]), log: log).succeeded()
        }
        guard try !enters(folder.path) else { return }
        var blocked = folder.path
        var path = ""
        for part in folder.pathComponents where part != "/" {
            path += "/\(part)"
            if try !enters(path) {
                blocked = path
                break
            }
        }
        throw Failure(
            .databaseUnavailable, "PostgreSQL runs as user \(name), who may not enter the private database's folder.",
            hint: "Choose a folder that everybody may enter with RUNDUM_HOME, such as /var/lib/rundum.",
            detail: "user \(name) may not enter \(blocked)")
    }

    private static func name(of uid: uid_t) -> String? {
        getpwuid(uid).map { String(cString: $0.pointee.pw_name) }
    }
}
