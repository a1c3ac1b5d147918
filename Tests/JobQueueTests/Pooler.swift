import Foundation
import Pipeline
import TestKit

/// Debian's pgbouncer in transaction mode before one database of the tests' cluster, with two server sessions for all.
final class Pooler: Sendable {
    static let program = URL(filePath: "/usr/sbin/pgbouncer")
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program.path) }

    /// Connection string by way of the pooler.
    let url: String
    private let folder: TemporaryFolder
    private let process: Program

    /// - Parameter direct: a connection string with the folder of a unix socket as its host.
    init(before direct: String) throws {
        let parts = direct.split(separator: "?host=").map(String.init)
        guard parts.count == 2, let socket = parts[1].removingPercentEncoding else {
            throw Failure(.invalidRequest, "No socket is named.", detail: direct)
        }
        folder = try TemporaryFolder()
        let name = parts[0].split(separator: "/").last.map(String.init) ?? ""
        let settings = folder.url.appending(path: "pgbouncer.ini")
        // No listen_addr: this folder's socket alone leads here, and nobody else may enter it.
        try Data(
            """
            [databases]
            * = host=\(socket) port=5432 user=rundum
            [pgbouncer]
            pool_mode = transaction
            default_pool_size = 2
            max_client_conn = 100
            auth_type = any
            listen_port = 6432
            unix_socket_dir = \(folder.url.path)
            """.utf8
        ).write(to: settings)
        // As whoever owns the server's socket, since that is who may connect; pgbouncer refuses root besides.
        let owner = try FileManager.default.attributesOfItem(atPath: socket)
        let uid = (owner[.ownerAccountID] as? NSNumber)?.uint32Value ?? geteuid()
        let gid = (owner[.groupOwnerAccountID] as? NSNumber)?.uint32Value ?? getegid()
        guard uid == geteuid() || chown(folder.url.path, uid, gid) == 0 else {
            throw Failure(.internalError, "The pooler's folder can't be given away.")
        }
        let drop = ["/usr/bin/setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--clear-groups"]
        let command = (uid == geteuid() ? [] : drop) + [Self.program.path, settings.path]
        process = try Program(URL(filePath: command[0]), Array(command.dropFirst()))
        let host = folder.url.path.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        url = "postgresql://rundum@/\(name)?host=\(host)&port=6432"
    }

    deinit { close() }

    func close() { process.signal(SIGKILL) }

    /// What it says, for a test that fails.
    var log: String { process.err }
}
