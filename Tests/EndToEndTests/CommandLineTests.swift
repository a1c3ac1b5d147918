import Foundation
import Pipeline
import TestKit
import Testing

/// What the binary says and how it ends.
@Suite struct CommandLineTests {
    @Test func `help lists every command and each has a page with an example`() async throws {
        let overview = try await Program.run(["--help"])
        #expect(overview.status == 0)
        for name in [
            "showroom", "run", "up", "worker", "api", "jobs list", "jobs show", "erase", "kinds", "models verify",
            "doctor",
        ] {
            #expect(overview.out.contains("  \(name) "))
            let page = try await Program.run(name.split(separator: " ").map(String.init) + ["--help"])
            #expect(page.status == 0)
            #expect(page.out.contains("Usage: rundum \(name)"))
            #expect(page.out.contains("Example"), "\(name) has no example")
        }
        #expect(!overview.out.contains("execute"))
    }

    @Test func `a mistyped command, option or kind is refused with the nearest name`() async throws {
        let command = try await Program.run(["shworoom"])
        #expect(command.status == 2 && command.err.contains("rundum showroom?"))
        let option = try await Program.run(["showroom", "a.jpg", "--uot", "x"])
        #expect(option.status == 2 && option.err.contains("--out?"))
        let kind = try await Program.run(["kinds", "cutuot"])
        #expect(kind.status == 1 && kind.err.contains("[unknown_kind]"))
        let value = try await Program.run(["showroom", "a.jpg", "--out", "x", "--set", "precision=f64"])
        #expect(value.status == 2 && value.err.contains("one of auto, f32, bf16"))
    }

    @Test func `kinds as JSON carry a schema for every option`() async throws {
        let outcome = try await Program.run(["kinds", "--json"])
        let kinds = try JSON.decode([JSONValue].self, from: outcome.outData)
        #expect(
            kinds.compactMap { $0["kind"]?.stringValue } == ["cutout", "plates", "reconstruct", "renditions", "spin"])
        for kind in kinds {
            #expect(kind["options"]?["additionalProperties"] == false)
            for (_, field) in kind["options"]?["properties"]?.objectValue ?? [:] {
                #expect(field["description"]?.stringValue?.isEmpty == false)
                #expect(field["default"] != nil)
            }
        }
        let page = try await Program.run(["kinds", "cutout"])
        #expect(page.out.contains("precision"))
    }

    @Test func `models are listed with their licence and found intact`() async throws {
        let list = try await Program.run(["models", "list"])
        #expect(list.out.contains("u2netp") && list.out.contains("Apache-2.0"))
        let verify = try await Program.run(["models", "verify"])
        #expect(verify.status == 0 && verify.out.contains("u2net: intact"), "\(verify.err)")
    }

    @Test func `without models the doctor says what to do`() async throws {
        let empty = try TemporaryFolder()
        let home = try Showroom()
        let well = try await home.rundum("doctor")
        #expect(well.status == 0, "\(well.out)")
        let outcome = try await Program.run(
            ["doctor", "--json"], environment: home.environment.merging(["RUNDUM_MODELS": empty.url.path]) { $1 })
        #expect(outcome.status == 1)
        #expect(outcome.out.contains("scripts/setup"))
    }

    @Test func `run writes a folder for each file and says which could not be read`() async throws {
        let folder = try TemporaryFolder()
        let photo = Fixtures.carPhotos[1]
        let target = folder.url.appending(path: "out")
        let outcome = try await Program.run([
            "run", "cutout", photo.path, "/nowhere/at-all.jpg", "--out", target.path, "--set", "model=u2netp", "--json",
        ])
        #expect(outcome.status == 3, "\(outcome.err)")
        let results = try JSON.decode([StageResult].self, from: outcome.outData)
        #expect(results.map(\.ok) == [true, false])
        #expect(results.last?.failure?.code == .inputUnreadable)
        let written = target.appending(path: photo.deletingPathExtension().lastPathComponent)
        for output in try #require(results.first).outputs.values {
            #expect(FileManager.default.fileExists(atPath: written.appending(path: output.file).path))
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: target.path).filter { $0.hasPrefix(".") }
        #expect(left.isEmpty, "half-written folders must not stay")
    }

    @Test func `run hands the file of an extra slot to each, and refuses slots that a kind does not have`() async throws
    {
        let folder = try TemporaryFolder()
        let target = folder.url.appending(path: "out").path
        let photos = Fixtures.carPhotos
        let outcome = try await Program.run([
            "run", "cutout", photos[1].path, "--out", target, "--set", "model=u2netp", "--with",
            "background=\(photos[3].path)", "--json",
        ])
        #expect(outcome.status == 0, "\(outcome.err)")
        let results = try JSON.decode([StageResult].self, from: outcome.outData)
        #expect(results.first?.data["composite"]?["background"] == "picture")
        let wrong = try await Program.run(
            ["run", "cutout", photos[1].path, "--out", target, "--with", "foreground=\(photos[3].path)"])
        #expect(wrong.status == 1 && wrong.err.contains("It takes: background."), "\(wrong.err)")
        let formless = try await Program.run(["run", "cutout", photos[1].path, "--out", target, "--with", "background"])
        #expect(formless.status == 1 && formless.err.contains("SLOT=FILE"), "\(formless.err)")
    }

    @Test func `run takes many files abreast and answers in their order`() async throws {
        let folder = try TemporaryFolder()
        let photos = Fixtures.carPhotos
        let outcome = try await Program.run(
            ["run", "renditions"] + photos.map(\.path)
                + ["--out", folder.url.appending(path: "out").path, "--abreast", "3", "--json"])
        #expect(outcome.status == 0, "\(outcome.err)")
        let results = try JSON.decode([StageResult].self, from: outcome.outData)
        for (photo, result) in zip(photos, results) {
            let written = folder.url.appending(
                path: "out/\(photo.deletingPathExtension().lastPathComponent)/result.json")
            #expect(try JSON.decode(StageResult.self, from: Data(contentsOf: written)) == result)
        }
        #expect(results.count == photos.count)
    }
}
