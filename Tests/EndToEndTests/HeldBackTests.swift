import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

/// A photo on which a plate is in doubt, from the terminal to what is published, with a detector that doubts red squares.
@Suite struct HeldBackTests {
    /// Our own car in blue; with a red sign in the sky where asked.
    private static func photo(_ index: Int, sign: Bool, in folder: URL) throws -> URL {
        let red = try ImageFile.decode(Fixtures.carPhotos[index], as: .rgb, maxSide: 800)
        let (width, height) = (red.width, red.height)
        let blue = try red.withPixels { from in
            try TestPicture.make(width: width, height: height, channels: 3) { x, y, pixel in
                let at = 3 * (y * width + x)
                (pixel[0], pixel[1], pixel[2]) = (from[at + 2], from[at + 1], from[at])
                if sign && (100..<200).contains(x) && y < 100 { (pixel[0], pixel[1], pixel[2]) = (160, 65, 65) }
            }
        }
        let file = folder.appending(path: "view \(index).jpg")
        try blue.write(.jpeg(quality: 92), to: file)
        return file
    }

    @Test func `what is in doubt stays out of the listing until a person has decided about it`() async throws {
        let folder = try TemporaryFolder()
        let showroom = try Showroom(photos: [
            Self.photo(2, sign: true, in: folder.url), Self.photo(5, sign: false, in: folder.url),
        ])
        let detector = Fixtures.root.appending(path: "fixtures/detectors/planes.onnx").path
        func run(_ words: String...) async throws -> Program.Outcome {
            try await Program.run(
                showroom.arguments("car") + [
                    "--set", "plateDetector=own", "--plates", "solid", "--plate-colour", "#10C010",
                ] + words,
                environment: showroom.environment.merging(["RUNDUM_PLATE_DETECTOR": detector]) { $1 })
        }
        let held = try await run()
        #expect(held.status == 3, "\(held.err)")
        #expect(held.err.contains("view 2.jpg") && held.err.contains("[plate_uncertain]"), "\(held.err)")
        let published = try showroom.files("car")
        #expect(!published.keys.contains { $0.hasPrefix("photos/01") }, "\(published.keys.sorted())")
        #expect(published["photos/02-view-5/composite.jpg"] != nil)
        #expect(published.keys.filter { $0.hasPrefix("spin/frames/") }.count == 1)
        let state = try showroom.result("car").data["photos"]?.arrayValue?.map { $0["state"]?.stringValue }
        #expect(state == ["review", "succeeded"])
        let review = try showroom.files("car-review")
        #expect(review["01-view-2.jpg"] != nil && review["index.html"] != nil)

        // The command that the terminal shows decides it.
        let command = try #require(held.err.split(separator: "\n").last { $0.contains("--cover photo-1:") })
        let word = try #require(command.split(separator: " ").last.map(String.init))
        #expect(String(decoding: review["index.html"] ?? Data(), as: UTF8.self).contains("--approve \(word)"))
        let covered = try await run("--cover", word)
        #expect(covered.status == 0, "\(covered.err)")
        #expect(covered.err.contains("2 of 2 photos"))
        let after = try showroom.files("car")
        #expect(after.keys.filter { $0.hasPrefix("spin/frames/") }.count == 2)
        #expect(try isSign(after["photos/01-view-2/image.jpg"]) == false)
        #expect(!FileManager.default.fileExists(atPath: showroom.folder("car-review").path))

        let approved = try await run("--approve", word)
        #expect(approved.status == 0, "\(approved.err)")
        #expect(try isSign(try showroom.files("car")["photos/01-view-2/image.jpg"]))
        // What was decided about another finding decides nothing.
        let other = try await run("--approve", "photo-1:0123456789ab")
        #expect(other.status == 3)
    }

    @Test func `an operator's answer runs the photo once more, and what it kept waiting follows`() async throws {
        let folder = try TemporaryFolder()
        let showroom = try Showroom(photos: [Self.photo(2, sign: true, in: folder.url)])
        let environment = showroom.environment.merging([
            "RUNDUM_PLATE_DETECTOR": Fixtures.root.appending(path: "fixtures/detectors/planes.onnx").path
        ]) { $1 }
        func rundum(_ words: String...) async throws -> JSONValue {
            let outcome = try await Program.run(words + ["--json"], environment: environment)
            #expect(outcome.status == 0, "\(outcome.err)")
            return try JSON.decode(JSONValue.self, from: outcome.outData)
        }
        let held = try await Program.run(
            showroom.arguments("car") + ["--set", "plateDetector=own", "--plates", "solid"], environment: environment)
        #expect(held.status == 3, "\(held.err)")
        let open = try #require(try await rundum("jobs", "list", "--state", "review").arrayValue?.first)
        let job = try #require(open["id"]?.stringValue)
        #expect(open["result"]?["outputs"]?["image"] == nil)

        let answered = try await rundum("jobs", "approve", job, "--answer", "cover")
        #expect(answered["state"] == "queued")
        let worker = try Program(Program.rundum, ["worker"], environment: environment)
        let cutout = try await firstValue {
            try await rundum("jobs", "list", "--kind", "cutout", "--state", "succeeded").arrayValue?.first
        }
        worker.signal(SIGTERM)
        #expect(await worker.outcome().status == 0)
        #expect(cutout != nil)
        #expect(try await rundum("jobs", "show", job)["result"]?["outputs"]?["image"] != nil)
    }

    /// Whether the sign is still to be seen.
    private func isSign(_ bytes: Data?) throws -> Bool {
        let pixel = try ImageFile.decode(try #require(bytes), as: .rgb).pixel(150, 30)
        return abs(Int(pixel[0]) - 160) < 12 && abs(Int(pixel[1]) - 65) < 12
    }
}
