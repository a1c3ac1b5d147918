import Foundation
import JobQueue
import Pipeline
import Storage
import TestKit
import Testing

/// `rundum db verify`, `backup` and `restore` on a home with a job and its files.
@Suite struct DatabaseBackupTests {
    /// A home with one ended job: its input and its output are stored.
    private struct House {
        let folder: TemporaryFolder
        let blobs: DirectoryBlobStore
        let input, output: Blob
        let job: UUID

        var home: URL { folder.url.appending(path: "home") }

        init() async throws {
            folder = try TemporaryFolder()
            let home = folder.url.appending(path: "home")
            // As the binary makes it: PostgreSQL may be another user, who must be able to enter.
            try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
            blobs = try DirectoryBlobStore(root: home.appending(path: "blobs"))
            input = try Self.store("a photo", in: blobs)
            output = try Self.store("a cut-out", in: blobs)
            let cluster = try PrivateCluster.open(home: home.appending(path: "postgresql"))
            defer { cluster.close() }
            let database = Database(url: cluster.url)
            _ = try await database.migrate()
            let queue = PostgresJobStore(database)
            try await queue.own(blob: input.sha256, bytes: input.bytes, tenant: "default")
            let request = JobRequest(
                kind: "cutout",
                inputs: [JobInput(slot: "photo-1", name: "p.jpg", source: .blob(sha256: input.sha256))], subject: "car")
            job = try await queue.enqueue(request, tenant: "default", idempotencyKey: nil).jobs[0].id
            let worker = try await queue.register(.current, lease: .seconds(60))
            let claim = try #require(try await queue.claim(worker, kinds: ["cutout"], limit: 1).first)
            let file = OutputFile(
                file: "cutout.png", sha256: output.sha256, bytes: output.bytes, mediaType: "image/png")
            let result = StageResult(kind: "cutout", version: 1, outputs: ["cutout": file])
            _ = try await queue.complete(claim, result: result, cacheKey: "key", cached: false)
            await queue.close()
        }

        private static func store(_ text: String, in blobs: DirectoryBlobStore) throws -> Blob {
            let writer = try blobs.begin()
            try Array(text.utf8).withUnsafeBytes { try writer.write($0) }
            return try writer.commit(expecting: nil)
        }

        func rundum(_ words: String..., home: String = "home") async throws -> Program.Outcome {
            try await Program.run(
                words + ["--home", folder.url.appending(path: home).path], environment: ["DATABASE_URL": ""],
                directory: folder.url)
        }

        /// Says something else in the page of a backup.
        func rewrite(_ page: URL, with changes: [String: JSONValue]) throws {
            var facts = try JSON.decode([String: JSONValue].self, from: Data(contentsOf: page))
            facts.merge(changes) { $1 }
            try JSON.encode(facts).write(to: page)
        }

        /// Takes the place of a blob's bytes.
        func damage(_ blob: Blob, in store: DirectoryBlobStore, with text: String) throws {
            let file = try store.file(blob.sha256)
            try FileManager.default.removeItem(at: file)
            try Data(text.utf8).write(to: file)
        }
    }

    @Test func `a verification says what is missing, broken and left over`() async throws {
        let house = try await House()
        let sound = try await house.rundum("db", "verify")
        #expect(sound.status == 0 && sound.out.contains("2, 16 bytes"), "\(sound)")

        // As long as it should be, with other bytes.
        try house.damage(house.input, in: house.blobs, with: "a phot?")
        #expect(try await house.rundum("db", "verify", "--quick").status == 0)
        try house.blobs.remove(house.output.sha256)
        let stray = String(repeating: "0", count: 64)
        let place = house.home.appending(path: "blobs/00/00/\(stray)")
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("nobody's".utf8).write(to: place)
        let young = try await house.rundum("db", "verify")
        #expect(young.status == 1 && !young.out.contains("left over"), "\(young)")
        try FileManager.default.setAttributes([.modificationDate: Date.now - 7200], ofItemAtPath: place.path)
        let found = try await house.rundum("db", "verify", "--remove-left-over", "--json")
        let facts = try JSON.decode(JSONValue.self, from: found.outData)
        #expect(facts["missing"] == [.string(house.output.sha256)])
        #expect(facts["broken"] == [.string(house.input.sha256)])
        #expect(facts["leftOver"] == [.string(stray)])
        #expect(!FileManager.default.fileExists(atPath: place.path))
        let refused = try await house.rundum("db", "backup", "bk")
        #expect(refused.status == 1 && refused.err.contains("1 blobs are missing"), "\(refused)")
    }

    @Test func `a backup is brought up to date, and restored as it was`() async throws {
        let house = try await House()
        let folder = house.folder.url.appending(path: "bk")
        #expect(try await house.rundum("db", "backup", "bk").status == 0)
        let copies = try DirectoryBlobStore(root: folder.appending(path: "blobs"))
        // Killed midway, or with a blob too many: the same command makes it whole.
        try FileManager.default.removeItem(at: folder.appending(path: "backup.json"))
        try Data().write(to: folder.appending(path: "backup.unfinished"))
        try copies.remove(house.input.sha256)
        let unfinished = try await house.rundum("db", "restore", "bk", home: "new")
        #expect(unfinished.status == 1 && unfinished.err.contains("not finished"), "\(unfinished)")
        #expect(try await house.rundum("db", "backup", "bk", "--json").status == 0)

        let restored = try await house.rundum("db", "restore", "bk", home: "new")
        #expect(restored.status == 0 && restored.out.contains("agree"), "\(restored)")
        let (old, new) = (
            try await house.rundum("jobs", "show", house.job.uuidString, "--json"),
            try await house.rundum("jobs", "show", house.job.uuidString, "--json", home: "new")
        )
        #expect(old.status == 0 && old.out == new.out, "\(new)")
        let again = try await house.rundum("db", "restore", "bk", home: "new")
        #expect(again.status == 1 && again.err.contains("not empty"), "\(again)")

        #expect(try await house.rundum("erase", "--subject", "car").status == 0)
        #expect(try await house.rundum("db", "backup", "bk").status == 0)
        #expect(try copies.size(of: house.input.sha256) == nil)
    }

    @Test func `a backup of an older program is restored and brought up to date, one of a newer program is refused`()
        async throws
    {
        let house = try await House()
        #expect(try await house.rundum("db", "backup", "bk").status == 0)
        let folder = house.folder.url.appending(path: "bk")
        // The rows of an older schema in their place, with a job that waits.
        let cluster = try PrivateCluster.open(home: house.folder.url.appending(path: "old"))
        defer { cluster.close() }
        let old = Database(url: cluster.url)
        _ = try await old.migrate(upTo: 16)
        _ = try await old.execute("select rundum.enqueue('{\"tenant\": \"default\", \"kind\": \"spin\"}')", [])
        await old.close()
        let dump = folder.appending(path: "database.dump")
        try StoreSurvey(url: cluster.url).read { (snapshot, _) throws(Failure) in
            try PostgresTools().dump(cluster.url, snapshot: snapshot, to: dump)
        }
        let hash = try SHA256Hasher.hash(file: dump).sha256
        try house.rewrite(folder.appending(path: "backup.json"), with: ["schema": 16, "dumpSHA256": .string(hash)])
        let restored = try await house.rundum("db", "restore", "bk", home: "new")
        #expect(restored.status == 0, "\(restored)")
        let jobs = try await house.rundum("jobs", "list", "--json", home: "new")
        #expect(try JSON.decode([Job].self, from: jobs.outData).map(\.state) == [.queued])

        try house.rewrite(folder.appending(path: "backup.json"), with: ["schema": 9999, "version": "99.0"])
        let newer = try await house.rundum("db", "restore", "bk", home: "newer")
        #expect(newer.status == 1 && newer.err.contains("newer program, 99.0"), "\(newer)")
        #expect(!FileManager.default.fileExists(atPath: house.folder.url.appending(path: "newer").path))
    }

    @Test func `a backup with a broken file is not restored, and another folder is left alone`() async throws {
        let house = try await House()
        #expect(try await house.rundum("db", "backup", "bk").status == 0)
        let copies = try DirectoryBlobStore(root: house.folder.url.appending(path: "bk/blobs"))
        try house.damage(house.output, in: copies, with: "another thing")
        let broken = try await house.rundum("db", "restore", "bk", home: "new")
        #expect(broken.status == 1 && broken.err.contains("1 blobs of the backup are broken"), "\(broken)")
        try copies.remove(house.output.sha256)
        let missing = try await house.rundum("db", "restore", "bk", home: "new")
        #expect(missing.status == 1 && missing.err.contains("1 are missing"), "\(missing)")
        try Data().write(to: house.folder.url.appending(path: "bk/database.dump"))
        let cut = try await house.rundum("db", "restore", "bk", home: "new")
        #expect(cut.status == 1 && cut.err.contains("The dump is not the one"), "\(cut)")
        let foreign = try await house.rundum("db", "backup", ".")
        #expect(foreign.status == 1 && foreign.err.contains("holds something else"), "\(foreign)")
        #expect(try await house.rundum("db", "backup").status == 2)
        #expect(try await house.rundum("db", "restore", "nowhere", home: "new").status == 1)
    }
}
