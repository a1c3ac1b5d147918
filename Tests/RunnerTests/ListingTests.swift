import Foundation
import Pipeline
import TestKit
import Testing

@testable import Runner

/// What a showroom's jobs mean for its listing.
@Suite struct ListingTests {
    private func photo(_ number: Int) -> PhotoInput {
        PhotoInput(slot: "photo-\(number)", name: "view \(number).jpg", sha256: "aa", failure: nil)
    }

    private func job(
        _ label: String, _ kind: Kind, _ state: JobState, review: [ReviewFlag] = [], failure: Failure? = nil
    ) -> Job {
        var job = Job(
            id: UUID(), tenant: "t", label: label, request: JobRequest(kind: kind, inputs: []), state: state,
            createdAt: .now)
        if state.hasResult { job.result = StageResult(kind: kind, version: 1, review: review) }
        if let failure { job.failure = FailureRecord(failure: failure, attempt: 1, at: .now) }
        return job
    }

    private func listing(_ count: Int, _ change: (inout [Job]) -> Void = { _ in }) -> Listing {
        let photos = (1...count).map(photo)
        var jobs = photos.flatMap {
            [job("cutout-\($0.slot)", "cutout", .succeeded), job("renditions-\($0.slot)", "renditions", .succeeded)]
        }
        jobs.append(job("spin", "spin", .succeeded))
        change(&jobs)
        return Listing(photos: photos, jobs: jobs, options: ShowroomOptions())
    }

    @Test func `eight good photos are all published and nothing is said about losses`() {
        let listing = listing(8)
        #expect(listing.status == .ok)
        #expect(listing.published.count == 8)
        #expect(!listing.notes.contains { $0.contains("of 8 views") })
    }

    @Test(arguments: [2, 3, 5, 7])
    func `fewer than eight say how far the spin steps`(count: Int) {
        #expect(listing(count).notes.first?.contains("steps of \(360 / count) degrees") == true)
    }

    @Test func `a photo that can't be used leaves a gap, and the listing says so`() {
        let listing = listing(8) { jobs in
            jobs[0] = job("cutout-photo-1", "cutout", .failed, failure: Failure(.imageTruncated, "Ends early."))
        }
        #expect(listing.notes.first == "1 of 8 photos can't be used: the spin has no picture from there.")
    }

    @Test func `a cut-out that needs a look is not published and is no failure`() {
        let flag = ReviewFlag(code: "no_main_object", summary: "No car.")
        let listing = listing(2) { jobs in
            jobs[0] = job("cutout-photo-1", "cutout", .review, review: [flag])
            jobs[1] = job("renditions-photo-1", "renditions", .failed, failure: Failure(.dependencyFailed, "No input."))
        }
        #expect(listing.status == .someFailed)
        #expect(listing.photos[0].status == .review)
        #expect(listing.photos[0].failure == nil)
        #expect(listing.published.map(\.input.slot) == ["photo-2"])
    }

    @Test func `a failed cut-out gives the first cause, not the dependent's`() {
        let listing = listing(2) { jobs in
            jobs[0] = job("cutout-photo-1", "cutout", .failed, failure: Failure(.imageTruncated, "Ends early."))
            jobs[1] = job("renditions-photo-1", "renditions", .failed, failure: Failure(.dependencyFailed, "No input."))
        }
        #expect(listing.photos[0].failure?.code == .imageTruncated)
    }

    @Test func `a model that was refused is said with its reason, and costs nothing else`() {
        let refusal = Failure(.viewsContradict, "The photos do not agree on one car.")
        let listing = listing(8) { $0.append(job("model", "reconstruct", .failed, failure: refusal)) }
        #expect(listing.status == .someFailed)
        #expect(listing.published.count == 8)
        #expect(listing.notes.contains("There is no 3D model. The photos do not agree on one car."))
        #expect(!ListingPage.html(listing).contains("id=\"model\""))
        #expect(self.listing(4) { $0.append(job("model", "reconstruct", .failed, failure: refusal)) }.status == .ok)
    }

    @Test func `the page has the model's grade and its file`() throws {
        var made = job("model", "reconstruct", .succeeded)
        made.result?.outputs["model"] = OutputFile(
            file: "model.glb", sha256: "aa", bytes: 1_540_000, mediaType: "model/gltf-binary")
        made.result?.data = ["grade": "B", "gradeReason": "One <photo> fits worst."]
        let listing = listing(8) { [made] in $0.append(made) }
        #expect(listing.status == .ok)
        let page = ListingPage.html(listing)
        #expect(page.contains("<strong>Grade B.</strong> One &lt;photo&gt; fits worst. 1.5 MB."))
        #expect(page.contains("href=\"model/model.glb\""))
    }

    @Test func `the page escapes what callers wrote`() {
        let hostile = PhotoInput(
            slot: "photo-1", name: "<script>\"'&.jpg", sha256: nil, failure: Failure(.imageEmpty, "Empty <b>."))
        let page = ListingPage.html(Listing(photos: [hostile], jobs: [], options: ShowroomOptions()))
        #expect(!page.contains("<script"))
        #expect(!page.contains("<b>"))
        #expect(page.contains("&lt;script&gt;&quot;&#39;&amp;.jpg"))
    }

    @Test(arguments: [
        (1, "01-front.jpg", "01-front"), (2, "IMG_0042.HEIC", "02-img-0042"), (3, "Größe über.jpg", "03-groesse-ueber"),
        (4, "../../etc/passwd", "04-etc-passwd"), (5, "日本.jpg", "05"), (6, "6.jpg", "06-6"),
        (12, "12_left.png", "12-left"),
    ])
    func `folders have safe names in order`(index: Int, name: String, folder: String) {
        #expect(SlotNames.folder(index: index, fileName: name) == folder)
    }

    @Test func `bars have equal titles and never leave the line`() {
        let bars = [
            ProgressBars.Bar(title: "Cut-outs", fraction: 0.5, note: String(repeating: "long ", count: 40)),
            ProgressBars.Bar(title: "Spin", fraction: 2, note: ""),
        ]
        let lines = ProgressBars.lines(bars, columns: 80)
        #expect(lines.allSatisfy { $0.count < 80 })
        #expect(lines[0].contains(" 50 %") && lines[1].contains("100 %"))
    }
}

/// Folders that appear whole or not at all.
@Suite struct ResultFolderTests {
    @Test func `appears only when finished, and replaces an earlier result whole`() throws {
        let temporary = try TemporaryFolder()
        let target = temporary.url.appending(path: "result")
        for round in 1...2 {
            var folder = try ResultFolder(target)
            try folder.add(Data("{}".utf8), as: "result.json")
            try folder.add(Data("\(round)".utf8), as: "deep/\(round).txt")
            let before = (try? FileManager.default.subpathsOfDirectory(atPath: target.path)) ?? []
            #expect(!before.contains("deep/\(round).txt"))
            try folder.finish()
            #expect(
                try FileManager.default.subpathsOfDirectory(atPath: target.path).sorted() == [
                    "deep", "deep/\(round).txt", "result.json",
                ])
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.url.path) == ["result"])
    }

    @Test func `leaves nothing behind when it is given up`() throws {
        let temporary = try TemporaryFolder()
        do {
            let folder = try ResultFolder(temporary.url.appending(path: "result"))
            try folder.add(Data("x".utf8), as: "x")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.url.path).isEmpty)
    }

    @Test func `does not touch a folder or file of somebody else`() throws {
        let temporary = try TemporaryFolder()
        try Data().write(to: temporary.url.appending(path: "letter"))
        #expect(throws: Failure.self) { try ResultFolder.refuseForeign(temporary.url) }
        #expect(throws: Failure.self) { try ResultFolder.refuseForeign(temporary.url.appending(path: "letter")) }
    }
}
