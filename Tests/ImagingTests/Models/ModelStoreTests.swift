import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@Suite struct ModelStoreTests {
    private static let manifest = #"""
        {"models":[{"name":"tiny","version":"1.0","file":"tiny.onnx","sha256":"ab","bytes":4,"licence":"Apache-2.0",
        "package":"p","packageVersion":"1","packageSha256":"cd","member":"m","source":"s","usedBy":["cutout"]}]}
        """#

    private func folder(manifest: String? = manifest, content: String? = "abcd") throws -> URL {
        let folder = try TemporaryFolder.make("models").appending(path: "models")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try manifest?.write(to: folder.appending(path: "manifest.json"), atomically: true, encoding: .utf8)
        try content?.write(to: folder.appending(path: "tiny.onnx"), atomically: true, encoding: .utf8)
        return folder
    }

    private func failure(_ body: () throws(Failure) -> Void) -> Failure? {
        do throws(Failure) { try body() } catch { return error }
        return nil
    }

    @Test func `reads the repository's own manifest`() throws {
        let store = try ModelStore(folder: Fixtures.root.appending(path: "models"))
        #expect(store.models.map(\.name).contains("u2net"))
        #expect(try store.model("u2netp").bytes == 4_574_861)
        #expect(store.models.allSatisfy { $0.sha256.count == 64 && !$0.licence.isEmpty })
    }

    @Test func `finds the folder that the environment names`() throws {
        let folder = try folder()
        let found = try ModelStore.found(environment: ["RUNDUM_MODELS": folder.path], executable: nil)
        #expect(found.models.map(\.name) == ["tiny"])
    }

    @Test func `finds the folder upwards from the executable before the working folder`() throws {
        let folder = try folder()
        let deep = folder.deletingLastPathComponent().appending(path: "a/b")
        try FileManager.default.createDirectory(at: deep, withIntermediateDirectories: true)
        let nowhere = FileManager.default.temporaryDirectory
        let beside = try ModelStore.found(
            environment: [:], executable: deep.appending(path: "rundum"), workingFolder: nowhere)
        let around = try ModelStore.found(environment: [:], executable: nil, workingFolder: deep)
        #expect(beside.models.map(\.name) == ["tiny"])
        #expect(around.models.map(\.name) == ["tiny"])
    }

    @Test func `says what to run when there are no models`() {
        let error = failure { () throws(Failure) in
            _ = try ModelStore.found(environment: [:], executable: nil, workingFolder: URL(filePath: "/proc"))
        }
        #expect(error?.code == .modelMissing)
        #expect(error?.hint == "Run scripts/setup.")
    }

    @Test func `refuses a manifest that is not one`() throws {
        let folder = try folder(manifest: "[1]")
        #expect(failure { () throws(Failure) in _ = try ModelStore(folder: folder) }?.code == .modelCorrupt)
    }

    @Test func `knows which models there are`() throws {
        let store = try ModelStore(folder: folder())
        let error = failure { () throws(Failure) in _ = try store.model("huge") }
        #expect(error?.code == .modelMissing)
        #expect(error?.hint?.contains("tiny") == true)
    }

    @Test func `tells a missing file from one of the wrong size`() throws {
        let missing = try ModelStore(folder: folder(content: nil))
        let short = try ModelStore(folder: folder(content: "abc"))
        #expect(failure { () throws(Failure) in _ = try missing.file(of: missing.models[0]) }?.code == .modelMissing)
        #expect(failure { () throws(Failure) in _ = try short.file(of: short.models[0]) }?.code == .modelCorrupt)
    }

    @Test func `verifies a file by its hash`() throws {
        let store = try ModelStore(folder: folder())
        try store.verify(store.models[0]) { _ in "ab" }
        let error = failure { () throws(Failure) in try store.verify(store.models[0]) { _ in "ef" } }
        #expect(error?.code == .modelCorrupt)
    }
}
