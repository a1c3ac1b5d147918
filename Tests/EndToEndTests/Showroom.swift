import Foundation
import Pipeline
import TestKit

/// A `rundum showroom` on our own car, small enough for tests: the fast network, and a home folder of its own.
struct Showroom {
    let home: TemporaryFolder
    let photos: [URL]
    /// Set over those that every run here has, as KEY=VALUE.
    let options: [String]

    init(photos: [URL] = Fixtures.carPhotos, options: [String] = []) throws {
        home = try TemporaryFolder()
        // The database server runs as another user where the tests run as root; the folder must let it through.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: home.url.path)
        self.photos = photos
        self.options = options
    }

    /// Four views a quarter of a turn apart.
    static let quarters = [0, 2, 4, 6].map { Fixtures.carPhotos[$0] }

    func folder(_ name: String) -> URL { home.url.appending(path: name) }

    func arguments(_ name: String) -> [String] {
        ["showroom"] + photos.map(\.path) + ["--out", folder(name).path]
            + (["model=u2netp", "precision=f32"] + options).flatMap { ["--set", $0] }
    }

    var environment: [String: String] { ["RUNDUM_HOME": home.url.appending(path: "data").path, "DATABASE_URL": ""] }

    func start(_ name: String) throws -> Program {
        try Program(Program.rundum, arguments(name), environment: environment)
    }

    func run(_ name: String) async throws -> Program.Outcome { try await start(name).outcome() }

    func rundum(_ words: String...) async throws -> Program.Outcome {
        try await Program.run(words, environment: environment)
    }

    func result(_ name: String) throws -> StageResult {
        try JSON.decode(StageResult.self, from: Data(contentsOf: folder(name).appending(path: "result.json")))
    }

    /// Path to content of every file below the folder.
    func files(_ name: String) throws -> [String: Data] {
        let root = folder(name).path
        var files: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: root) {
            if let bytes = FileManager.default.contents(atPath: "\(root)/\(path)") { files[path] = bytes }
        }
        return files
    }

    /// What was made, by name: the hashes decide whether two runs gave the same.
    func hashes(_ name: String) throws -> [String: String] { try result(name).outputs.mapValues(\.sha256) }
}
