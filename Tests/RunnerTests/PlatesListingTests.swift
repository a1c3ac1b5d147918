import Foundation
import Pipeline
import Storage
import TestKit
import Testing

@testable import Runner

/// Plates come first, and what is in doubt stays out of the listing.
@Suite struct `Plates in a showroom` {
    private static let mark = "9c2a71d0aa41"
    private let inputs = WorkflowInputs(
        photos: (1...4).map {
            JobInput(slot: "photo-\($0)", name: "\($0).jpg", source: .blob(sha256: String(repeating: "a", count: 64)))
        })

    private func request(_ options: JSONValue = [:], of inputs: WorkflowInputs? = nil) throws -> WorkflowRequest {
        try Composition.registry().admit(ShowroomWorkflow.template.request(inputs ?? self.inputs, options: options))
    }

    private func code(_ options: JSONValue, of inputs: WorkflowInputs? = nil) -> Failure.Code? {
        do { _ = try request(options, of: inputs) } catch { return (error as? Failure)?.code }
        return nil
    }

    @Test func `every step but the first sees covered photos only`() throws {
        let steps = try request().steps
        let covers = steps.filter { $0.job.kind == "plates" }
        #expect(covers.map(\.label) == (1...4).map { "plates-photo-\($0)" })
        #expect(covers.allSatisfy { $0.job.options["treatment"] == "blur" && $0.job.options["text"] == false })
        for step in steps where step.job.kind != "plates" {
            for input in step.job.inputs {
                guard case .output(let job, _) = input.source else {
                    Issue.record("\(step.label) takes the photo itself")
                    continue
                }
                #expect(!job.isEmpty)
            }
        }
        let cutout = try #require(steps.first { $0.label == "cutout-photo-2" })
        #expect(cutout.job.inputs.map(\.source) == [.output(job: "plates-photo-2", name: "image")])
    }

    @Test func `plates that are kept have no step, and the listing says so`() throws {
        let steps = try request(["plates": "keep"]).steps
        #expect(!steps.contains { $0.job.kind == "plates" })
        var options = ShowroomOptions()
        options.plates = "keep"
        let note = Listing(photos: photos, jobs: jobs(nil), options: options).notes.last
        #expect(note?.contains("not covered, as you asked") == true)
    }

    @Test func `a dealer's plate needs a name or a picture, and each photo gets it`() throws {
        #expect(code(["plates": "logo"]) == .invalidOptions)
        #expect(code(["plateName": "Autohaus"]) == .invalidOptions)
        #expect(code(["plates": "logo", "plateName": "日本"]) == .invalidOptions)
        #expect(code(["plates": "solid", "plateColour": "red"]) == .invalidOptions)
        let named = try request(["plates": "logo", "plateName": "Autohaus"]).steps[0].job
        #expect(named.options["name"] == "Autohaus" && named.inputs.count == 1)
        var with = inputs
        with.companions = [logo("b")]
        let hung = try request(["plates": "logo"], of: with).steps[0].job
        #expect(hung.inputs.map(\.slot) == ["photo-1", "logo"])
        #expect(code(["plates": "keep", "plateName": "Autohaus"]) == nil)
    }

    @Test func `a logo among the photos is no photo, and goes before the one that is for all`() throws {
        let (ours, theirs) = (logo("b"), logo("c"))
        var with = inputs
        with.photos.insert(ours, at: 1)
        with.companions = [theirs]
        let steps = try request(["plates": "logo"], of: with).steps
        let covers = steps.filter { $0.job.kind == "plates" }
        #expect(covers.count == inputs.photos.count && covers.allSatisfy { $0.job.inputs.last == ours })
        #expect(!steps.contains { $0.label.hasSuffix("-logo") })
        with.photos.append(theirs)
        #expect(code(["plates": "logo"], of: with) == .invalidInputs)
    }

    @Test(arguments: ["blur", "solid", "keep", "name"])
    func `a logo that would hang nowhere is refused before anything is enqueued`(plates: String) throws {
        var with = inputs
        with.companions = [logo("b")]
        let options: JSONValue =
            plates == "name" ? ["plates": "logo", "plateName": "Autohaus"] : ["plates": .string(plates)]
        #expect(code(options, of: with) == .invalidOptions)
    }

    @Test func `a recipe's logo hangs on every car until a request brings its own`() throws {
        let stored = logo("d")
        let recipe: JSONValue = ["plates": "logo", "plateLogo": .string(String(repeating: "d", count: 64))]
        #expect(try request(recipe).steps[0].job.inputs.last?.source == stored.source)
        var with = inputs
        with.companions = [logo("b")]
        #expect(try request(recipe, of: with).steps[0].job.inputs.last == logo("b"))
        #expect(code(["plates": "keep", "plateLogo": .string("d")]) == nil)
        #expect(code(["plates": "blur", "plateLogo": .string(String(repeating: "d", count: 64))]) == .invalidOptions)
        #expect(code(["plates": "logo", "plateLogo": "our-plate.png"]) == .invalidOptions)
    }

    private func logo(_ digit: Character) -> JobInput {
        JobInput(slot: "logo", name: "l.png", source: .blob(sha256: String(repeating: digit, count: 64)))
    }

    @Test func `a decision reaches the one photo that it is about`() throws {
        let (second, third) = (JSONValue.string("photo-2:\(Self.mark)"), JSONValue.string("photo-3:\(Self.mark)"))
        let steps = try request(["cover": [second], "approve": [third]]).steps
        func option(_ key: String) -> [String?] { steps.prefix(4).map { $0.job.options[key]?.stringValue } }
        #expect(option("cover") == ["", .some(Self.mark), "", ""])
        #expect(option("approve") == ["", "", .some(Self.mark), ""])
        // A decision that was taken back, or is out of date, does not stand in the way of another.
        let old = JSONValue.string("photo-2:0123456789ab")
        let both = try request(["cover": [old], "approve": [old, second]]).steps[1].job.options
        #expect(both["cover"] == "0123456789ab" && both["approve"]?.stringValue == Self.mark)
        let same = try request(["cover": [second], "approve": [second]]).steps[1].job.options
        #expect(same["cover"]?.stringValue == Self.mark && same["approve"] == "")
        #expect(code(["cover": ["photo-2"]]) == .invalidOptions)
        #expect(code(["approve": ["photo-2:nonsense"]]) == .invalidOptions)
    }

    @Test func `the command line says the same as options do`() throws {
        func wish(_ words: String...) throws -> ShowroomWish {
            try ShowroomWish(Arguments(words, options: ShowroomCommand.options))
        }
        _ = try wish("--plates", "solid", "--plate-colour", "#102030", "--cover", "photo-1:\(Self.mark)")
        #expect(throws: Failure.self) { try wish("--plates", "paint") }
    }

    private var photos: [PhotoInput] {
        (1...2).map { PhotoInput(slot: "photo-\($0)", name: "view <\($0)>.jpg", sha256: "aa", failure: nil) }
    }

    /// Two photos; of the first the plates step may wait.
    private func jobs(_ review: StageResult?) -> [Job] {
        func job(_ label: String, _ kind: Kind, _ state: JobState, _ result: StageResult?) -> Job {
            var job = Job(
                id: UUID(), tenant: "t", label: label, request: JobRequest(kind: kind, inputs: []), state: state,
                result: result, createdAt: .now)
            if state == .failed {
                job.failure = FailureRecord(
                    failure: Failure(.dependencyFailed, "No output."), attempt: 0, at: .now)
            }
            return job
        }
        let found = StageResult(kind: "plates", version: 1, data: ["plates": [["confidence": 1]]])
        let done = StageResult(kind: "cutout", version: 1)
        let held = review != nil
        return [
            job("plates-photo-1", "plates", held ? .review : .succeeded, review ?? found),
            job("cutout-photo-1", "cutout", held ? .failed : .succeeded, held ? nil : done),
            job("renditions-photo-1", "renditions", held ? .failed : .succeeded, held ? nil : done),
            job("plates-photo-2", "plates", .succeeded, found), job("cutout-photo-2", "cutout", .succeeded, done),
            job("renditions-photo-2", "renditions", .succeeded, done), job("spin", "spin", .succeeded, done),
        ]
    }

    private func waiting(_ picture: String) -> StageResult {
        StageResult(
            kind: "plates", version: 1,
            outputs: ["review": OutputFile(file: "review.jpg", sha256: picture, bytes: 3, mediaType: "image/jpeg")],
            data: ["mark": .string(Self.mark), "plates": []],
            review: [ReviewFlag(code: "plate_uncertain", summary: "A place may be a number plate.", hint: "approve=x")])
    }

    @Test func `a photo in doubt is held back, and no failure`() {
        let listing = Listing(photos: photos, jobs: jobs(waiting("aa")), options: ShowroomOptions())
        #expect(listing.held.map(\.input.slot) == ["photo-1"] && listing.published.map(\.input.slot) == ["photo-2"])
        #expect(listing.photos[0].failure == nil && listing.photos[0].status == .review)
        #expect(listing.status == .someFailed)
        #expect(listing.notes.last == "1 number plate is covered, on 1 photo.")
        let page = ListingPage.html(listing)
        #expect(page.contains("held back until you have looked") && page.contains("1 plate covered"))
        #expect(!page.contains("approve=x"))
        let whole = Listing(photos: photos, jobs: jobs(nil), options: ShowroomOptions())
        #expect(whole.held.isEmpty && whole.notes.last == "2 number plates are covered, on 2 photos.")
    }

    @Test func `what a reviewer sees lies beside the listing and goes when it is decided`() throws {
        let folder = try TemporaryFolder()
        let blobs = try DirectoryBlobStore(root: folder.url.appending(path: "blobs"))
        let file = folder.url.appending(path: "marked.jpg")
        try Data("xyz".utf8).write(to: file)
        let blob = try blobs.put(file: file, move: false)
        let target = folder.url.appending(path: "my car")
        func folderOf(_ review: StageResult?) -> ReviewFolder {
            ReviewFolder(
                listing: Listing(photos: photos, jobs: jobs(review), options: ShowroomOptions()), target: target,
                words: ["rundum", "showroom", "it's.jpg", "--out", target.path])
        }
        let held = folderOf(waiting(blob.sha256))
        try held.write(blobs: blobs)
        let place = folder.url.appending(path: "my car-review")
        #expect(held.place.path == place.path)
        #expect(try Data(contentsOf: place.appending(path: "01-view-1.jpg")) == Data("xyz".utf8))
        let page = try String(contentsOf: place.appending(path: "index.html"), encoding: .utf8)
        #expect(page.contains("view &lt;1&gt;.jpg") && page.contains("01-view-1.jpg"))
        let command = held.command("--cover", held.listing.held)
        #expect(command.hasPrefix(#"rundum showroom 'it'\''s.jpg' --out '"#))
        #expect(command.hasSuffix("my car' --cover photo-1:\(Self.mark)"))
        #expect(page.contains(ListingPage.escape(command)) && page.contains("--approve photo-1:\(Self.mark)"))

        let result = try ListingFolder.write(held.listing, to: target, blobs: blobs)
        #expect(!result.outputs.keys.contains { $0.contains("review") })
        let published = try FileManager.default.subpathsOfDirectory(atPath: target.path)
        #expect(!published.contains { $0.contains("review") || $0.hasSuffix(".jpg") }, "\(published)")

        try folderOf(nil).write(blobs: blobs)
        #expect(!FileManager.default.fileExists(atPath: place.path))
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try Data().write(to: place.appending(path: "letter"))
        #expect(throws: Failure.self) { try folderOf(nil).write(blobs: blobs) }
    }
}
