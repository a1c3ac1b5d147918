import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

/// Recipes and backgrounds of one's own, from the command line and over HTTP to the finished pictures.
@Suite struct LookTests {
    /// A hall: bright above, darker below.
    private func hall(_ folder: URL) throws -> URL {
        let file = folder.appending(path: "hall.jpg")
        let picture = try TestPicture.make(width: 1200, height: 800, channels: 3) { x, y, pixel in
            for channel in 0..<3 { pixel[channel] = UInt8(y < 440 ? 190 + x / 60 : 120 + x / 60 + channel * 4) }
        }
        try picture.write(.jpeg(quality: 92), to: file)
        return file
    }

    @Test func `a recipe file and a picture make the look, and the result names them`() async throws {
        let showroom = try Showroom(photos: [Fixtures.carPhotos[2]])
        let recipe = showroom.folder("ours.json")
        try Data(
            #"{"name":"ours","version":4,"workflow":"showroom","options":{"profiles":["listing"],"shadow":true}}"#.utf8
        ).write(to: recipe)
        let words =
            showroom.arguments("car") + [
                "--recipe", recipe.path, "--background", try hall(showroom.home.url).path, "--set", "floorLine=0.8",
            ]
        let outcome = try await Program.run(words, environment: showroom.environment)
        #expect(outcome.status == 0, "\(outcome.err)")
        let result = try showroom.result("car")
        #expect(result.data["recipe"]?["name"] == "ours" && result.data["recipe"]?["version"] == 4)
        #expect(result.data["recipe"]?["sha256"]?.stringValue?.count == 64)
        #expect(result.data["options"]?["profiles"] == ["listing"] && result.data["options"]?["floorLine"] == 0.8)
        let cutout = try #require(result.data["photos"]?.arrayValue?.first?["cutout"])
        #expect(cutout["composite"]?["background"] == "picture@1")
        #expect((cutout["truth"]?["maximumDeviation"]?.doubleValue ?? 9) <= 0.6)
        #expect(result.data["spin"]?["backdrop"] == "picture@1")
        let composite = try #require(try showroom.files("car").first { $0.key.hasSuffix("composite.jpg") }?.value)
        #expect(EmbeddedXMP.packets(in: composite).first?.contains("background=picture@1") == true)
        // Beside the car the picture is the hall, lighter to the right.
        let seen = try ImageFile.decode(composite, as: .rgb)
        let (left, right) = (seen.pixel(20, 60), seen.pixel(seen.width - 20, 60))
        #expect(left[0] > 170 && right[0] > left[0])
    }

    @Test(
        arguments: [
            (["--recipe", "studio-dark@7"], 1, "studio-dark@1"), (["--set", "backdrop=nowhere"], 2, "must be one of"),
            (["--set", "backdrop=own:nope"], 1, "There is no background nope"),
            (["--background", "x.jpg", "--set", "backdrop=studio-dark"], 2, "exclude each other"),
        ] as [([String], Int32, String)])
    func `says what is wrong with a look`(words: [String], status: Int32, text: String) async throws {
        let showroom = try Showroom(photos: [Fixtures.carPhotos[2]])
        let outcome = try await Program.run(showroom.arguments("car") + words, environment: showroom.environment)
        #expect(outcome.status == status && outcome.err.contains(text), "\(outcome.err)")
        #expect(!FileManager.default.fileExists(atPath: showroom.folder("car").path))
    }

    @Test func `a tenant's default recipe and hall hold for a request that names neither`() async throws {
        let showroom = try Showroom()
        let service = try await Service(showroom)
        let (hall, photo) = (try hall(showroom.home.url), Fixtures.carPhotos[5])
        var hashes: [String] = []
        for file in [hall, photo] {
            let blob = try await service.curl("-X", "POST", "--data-binary", "@\(file.path)", "/v1/blobs")
            hashes.append(try #require(blob.json["sha256"]?.stringValue, "\(blob)"))
        }
        let put = { (path: String, body: JSONValue) in try await service.send("PUT", path, body) }
        #expect(try await put("/v1/backgrounds/hall", ["blob": .string(hashes[0]), "floor": 0.78]).status == 201)
        let recipe: JSONValue = [
            "workflow": "showroom",
            "options": ["backdrop": "own:hall", "model": "u2netp", "precision": "f32", "profiles": ["thumbnail"]],
        ]
        #expect(try await put("/v1/recipes/ours", recipe).status == 201)
        #expect(try await put("/v1/recipes/default", ["recipe": "ours"]).status == 200)
        let accepted = try await service.send(
            "POST", "/v1/workflows", ["name": "showroom", "inputs": [["sha256": .string(hashes[1])]]])
        #expect(accepted.status == 202, "\(accepted)")
        #expect(accepted.json["recipe"]?["name"] == "ours" && accepted.json["recipe"]?["version"] == 1)
        let url = try #require(accepted.json["url"]?.stringValue)
        let done = try #require(
            await firstValue(within: .seconds(120)) { () -> JSONValue? in
                let workflow = try await service.curl(url).json
                let state = workflow["state"]?.stringValue.flatMap(JobState.init)
                return state?.isFinal == true ? workflow : nil
            })
        #expect(done["state"] == "succeeded" && done["recipe"] == accepted.json["recipe"], "\(done)")
        let cutout = try #require(done["jobs"]?.arrayValue?.first { $0["kind"] == "cutout" }?["url"]?.stringValue)
        let job = try await service.curl(cutout).json
        #expect(job["data"]?["composite"]?["background"] == "hall@1")
        #expect(job["data"]?["composite"]?["version"] == .string(hashes[0]))
        #expect(job["options"]?["floorLine"] == 0.78)
        try await service.stop()
    }
}

extension Service {
    func send(_ method: String, _ path: String, _ body: JSONValue) async throws -> Answer {
        try await curl(
            "-X", method, "-H", "Content-Type: application/json", "--data-binary",
            String(decoding: try JSON.encode(body), as: UTF8.self), path)
    }
}
