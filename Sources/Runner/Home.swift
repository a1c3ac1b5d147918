internal import Foundation
internal import Pipeline

/// The folder that holds everything that outlives a command: database, blobs, scratch space, the development key.
enum Home {
    /// `--home`, else `RUNDUM_HOME`, else the place where this system keeps such things.
    static func folder(_ named: String?) -> URL {
        let environment = ProcessInfo.processInfo.environment
        if let path = named ?? environment["RUNDUM_HOME"], !path.isEmpty { return URL(filePath: path).absoluteURL }
        if geteuid() == 0 { return URL(filePath: "/var/lib/rundum") }
        if let shared = environment["XDG_DATA_HOME"], !shared.isEmpty {
            return URL(filePath: shared).appending(path: "rundum")
        }
        return FileManager.default.homeDirectoryForCurrentUser.appending(path: ".local/share/rundum")
    }

    /// Makes the folder if need be.
    static func prepare(_ folder: URL) throws(Failure) {
        do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
            throw Failure(
                .storageUnavailable, "The data folder \(folder.path) can't be made.",
                hint: "Name another one with --home or RUNDUM_HOME.", detail: "\(error)")
        }
    }
}
