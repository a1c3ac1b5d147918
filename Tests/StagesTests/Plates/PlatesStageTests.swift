import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@testable import Stages

/// What the stage does with what was found, without any network.
@Suite struct `The stage plates` {
    private static let text = "RU ND 820"
    private let quad: PlateQuad
    private let other: PlateQuad

    init() throws {
        quad = try #require(FixedSearch.quad(60, 80))
        other = try #require(FixedSearch.quad(200, 40, 40, 9))
    }

    private var found: FixedSearch {
        let reading = PlateReading(text: Self.text, confidence: 0.9)
        return FixedSearch(plates: [
            FoundPlate(quad: quad, confidence: 0.93, country: "DE", reading: reading),
            FoundPlate(quad: other, confidence: 0.81),
        ])
    }

    private func suspecting(_ reasons: SuspectRegion.Reason...) -> FixedSearch {
        var search = found
        search.suspects = reasons.enumerated().compactMap { index, reason in
            FixedSearch.quad(40, 120 + 30 * Double(index)).map {
                SuspectRegion(quad: $0, reason: reason, confidence: 0.4)
            }
        }
        return search
    }

    private func photo(_ folder: URL) throws -> URL {
        let file = folder.appending(path: "photo.png")
        try TestPicture.scene(width: 320, height: 240).write(.png(), to: file)
        return file
    }

    private func run(
        _ search: FixedSearch, _ bench: StageBench, _ change: (inout PlatesOptions) -> Void = { _ in },
        logo: URL? = nil
    ) async throws -> PlatesOutput {
        var options = PlatesOptions()
        options.format = .png
        change(&options)
        try PlatesStage.validate(options)
        let files = [try photo(bench.folder)] + [logo].compactMap(\.self)
        return try await bench.run(
            PlatesStage(searching: search), options, on: files, slots: ["photo-1", "logo"].prefix(files.count) + [])
    }

    private func failure(_ body: () async throws -> Void) async -> Failure? {
        do { try await body() } catch { return error as? Failure }
        return nil
    }

    @Test(arguments: PlateTreatment.allCases)
    func `covers every plate and leaves the rest as it was`(treatment: PlateTreatment) async throws {
        let bench = try StageBench()
        let output = try await run(found, bench) {
            $0.treatment = treatment
            if treatment == .logo { $0.name = "Autohaus" }
        }
        #expect(output.plates.map(\.treatment) == [treatment.rawValue, treatment.rawValue])
        #expect(output.plates[0].box == [60, 80, 94, 22] && output.plates[0].quad[1] == [154, 82])
        #expect(output.plates[0].country == "DE" && output.suspects.isEmpty && output.mark == nil)
        #expect(output.truth.holds && output.truth.maximumDeviation == 0)
        #expect(bench.reports.reviews.isEmpty && bench.reports.files.map(\.name) == ["image"])
        let (before, after) = (
            try TestPicture.scene(width: 320, height: 240), try ImageFile.decode(bench.bytes("image"), as: .rgb)
        )
        #expect(after.pixel(20, 20) == before.pixel(20, 20) && after.pixel(300, 200) == before.pixel(300, 200))
        #expect(after.pixel(100, 92) != before.pixel(100, 92) && after.pixel(220, 45) != before.pixel(220, 45))
        let packet = try #require(EmbeddedXMP.packets(in: bench.bytes("image")).first)
        #expect(packet.contains("algorithmicallyEnhanced"))
    }

    @Test func `blurs what others' cars and mirrors show, where that is asked for or nothing can hang`() async throws {
        var search = found
        let mirrored = try #require(PlateQuad(corners: [[150, 150], [60, 150], [60, 170], [150, 170]]))
        search.plates.append(FoundPlate(quad: mirrored, confidence: 0.7))
        let same = try await run(search, try StageBench()) { $0.treatment = .solid }
        #expect(same.plates.map(\.treatment) == ["solid", "solid", "blur"])
        let blurred = try await run(search, try StageBench()) { ($0.treatment, $0.others) = (.pixelate, .blur) }
        #expect(blurred.plates.map(\.treatment) == ["pixelate", "blur", "blur"])
    }

    @Test(arguments: SuspectRegion.Reason.allCases)
    func `holds a photo back for every kind of doubt, and shows a person what it is about`(
        reason: SuspectRegion.Reason
    ) async throws {
        let bench = try StageBench()
        let output = try await run(suspecting(reason), bench)
        let flag = try #require(bench.reports.reviews.first)
        #expect(bench.reports.reviews.count == 1 && flag.slot == "photo-1")
        #expect(
            ["plate_uncertain", "plate_cut", "plate_unreadable", "plate_missing"].contains(flag.code)
                && flag.code == reason.code)
        #expect(flag.hint?.contains("approve=\(try #require(output.mark))") == true)
        #expect(output.suspects.map(\.reason) == [reason.rawValue] && output.decision == nil)
        // Nothing to go on with: not the photo, not one with half of its plates covered.
        #expect(bench.reports.files.map(\.name) == ["review"])
        let picture = try ImageFile.decode(bench.bytes("review"), as: .rgb)
        let outlined = picture.withPixels { pixels in
            stride(from: 0, to: pixels.count - 2, by: 3).count { pixels[$0] > 190 && pixels[$0 + 1] < 70 }
        }
        #expect(outlined > 150 && picture.height > 240)
    }

    @Test func `tells every reason once, with how many places there are`() async throws {
        let bench = try StageBench()
        _ = try await run(suspecting(.uncertain, .unreadable, .uncertain), bench)
        #expect(bench.reports.reviews.map(\.code) == ["plate_uncertain", "plate_unreadable"])
        #expect(bench.reports.reviews.first?.summary.hasPrefix("2 places") == true)
    }

    @Test func `goes on when a person says that nothing marked is a plate, or has it covered`() async throws {
        let search = suspecting(.uncertain, .vehicleWithoutPlate)
        let held = try await run(search, try StageBench())
        let mark = try #require(held.mark)
        let approved = try StageBench()
        let covered = try StageBench()
        let first = try await run(search, approved) { $0.approve = mark }
        let second = try await run(search, covered) { $0.cover = mark }
        #expect(first.decision == "approved" && second.decision == "covered")
        #expect(approved.reports.reviews.isEmpty && covered.reports.reviews.isEmpty)
        let (left, hidden) = (
            try ImageFile.decode(approved.bytes("image"), as: .rgb),
            try ImageFile.decode(covered.bytes("image"), as: .rgb)
        )
        let before = try TestPicture.scene(width: 320, height: 240)
        #expect(left.pixel(80, 130) == before.pixel(80, 130) && hidden.pixel(80, 130) != before.pixel(80, 130))
        #expect(left.pixel(100, 92) != before.pixel(100, 92), "found plates are covered either way")
        // On a vehicle without a plate there is no place to cover.
        #expect(hidden.pixel(80, 162) == before.pixel(80, 162))
    }

    @Test func `takes a decision for nothing but what was seen`() async throws {
        let held = try await run(suspecting(.uncertain), try StageBench())
        let bench = try StageBench()
        let mark = try #require(held.mark)
        let other = try await run(suspecting(.uncertain, .unreadable), bench) { $0.approve = mark }
        #expect(other.decision == nil && other.mark != mark && bench.reports.files.map(\.name) == ["review"])
        let none = try await run(found, try StageBench()) { $0.approve = mark }
        #expect(none.mark == nil && none.decision == nil)
    }

    @Test func `tells a plate's text to nobody who did not ask, and never to a log`() async throws {
        let silent = try StageBench()
        let asked = try StageBench()
        let first = try await run(found, silent)
        let second = try await run(found, asked) { $0.text = true }
        #expect(first.plates.allSatisfy { $0.text == nil && $0.textConfidence == nil })
        #expect(second.plates.map(\.text) == [Self.text, nil])
        for bench in [silent, asked] {
            let said = bench.reports.lines + bench.reports.steps + bench.reports.reviews.map { "\($0)" }
            #expect(!bench.reports.lines.isEmpty)
            #expect(said.allSatisfy { !$0.contains("820") && !$0.contains("RU") }, "\(said)")
            #expect(bench.bytes("image").range(of: Data(Self.text.utf8)) == nil)
        }
        #expect(PlatesStage.permissions(for: PlatesOptions()).isEmpty)
        var wished = PlatesOptions()
        wished.text = true
        #expect(PlatesStage.permissions(for: wished) == [.platesText])
    }

    @Test func `gives the same bytes on a second run`() async throws {
        let one = try StageBench()
        let two = try StageBench()
        for bench in [one, two] {
            _ = try await run(found, bench) { ($0.treatment, $0.name, $0.format) = (.logo, "König", .jpeg) }
        }
        #expect(!one.bytes("image").isEmpty && one.bytes("image") == two.bytes("image"))
    }

    @Test func `hangs a picture in the plate's place`() async throws {
        let bench = try StageBench()
        let logo = bench.folder.appending(path: "logo.png")
        try TestPicture.plain(width: 47, height: 10, [10, 220, 40, 255]).write(.png(), to: logo)
        _ = try await run(found, bench, { $0.treatment = .logo }, logo: logo)
        let pixel = try ImageFile.decode(bench.bytes("image"), as: .rgb).pixel(107, 92)
        #expect(pixel[1] > pixel[0] + 30 && pixel[1] > pixel[2] + 30, "\(pixel)")
    }

    @Test func `says which options and inputs don't go together`() async throws {
        let changes: [(inout PlatesOptions) -> Void] = [
            { $0.colour = "red" }, { ($0.treatment, $0.colour) = (.solid, "#12345") }, { $0.colour = "#102030" },
            { $0.name = "Autohaus" }, { ($0.treatment, $0.name) = (.logo, "日本") }, { $0.approve = "yes" },
            { ($0.approve, $0.cover) = ("0123456789ab", "0123456789ab") }, { $0.cover = "0123456789AB" },
        ]
        for change in changes {
            let found = await failure { _ = try await run(self.found, try StageBench(), change) }
            #expect(found?.code == .invalidOptions)
        }
        let none = await failure { _ = try await run(self.found, try StageBench()) { $0.treatment = .logo } }
        #expect(none?.code == .invalidInputs && none?.hint?.contains("logo") == true)
        let bench = try StageBench()
        let logo = bench.folder.appending(path: "logo.png")
        try TestPicture.plain(width: 47, height: 10, [10, 220, 40]).write(.png(), to: logo)
        let unwanted = await failure { _ = try await run(self.found, bench, logo: logo) }
        #expect(unwanted?.code == .invalidInputs && unwanted?.slot == "logo")
        let both = await failure {
            _ = try await run(self.found, bench, { ($0.treatment, $0.name) = (.logo, "A") }, logo: logo)
        }
        #expect(both?.code == .invalidInputs)
    }

    @Test(arguments: [
        ("empty", Data(), Failure.Code.imageEmpty), ("letter", Data("no picture".utf8), .imageUnrecognized),
        ("stump", Data([0xFF, 0xD8, 0xFF, 0xE0, 0, 16]), .imageTruncated),
    ])
    func `refuses hostile files by their codes and leaves nothing`(
        name: String, bytes: Data, code: Failure.Code
    ) async throws {
        let bench = try StageBench()
        let file = bench.folder.appending(path: "\(name).jpg")
        try bytes.write(to: file)
        let found = await failure {
            _ = try await bench.run(PlatesStage(searching: self.found), on: [file])
        }
        #expect(found?.code == code && found?.slot == "photo-1", "\(String(describing: found))")
        #expect(bench.reports.files.isEmpty)
    }

    @Test(arguments: [0, 0.2, 0.3, 0.7, 0.8])
    func `stops where it is when it is cancelled`(share: Double) async throws {
        let bench = try StageBench(cancelAt: share)
        let found = await failure { _ = try await run(self.found, bench) }
        #expect(found?.code == .cancelled)
        #expect(bench.reports.files.isEmpty)
        #expect(bench.reports.progress == bench.reports.progress.sorted())
    }

    @Test func `keeps the lens and where the plate is for those who measure`() async throws {
        let bench = try StageBench()
        let options = PlatesOptions()
        let front = try #require(
            PlateQuad(corners: [[841.6, 726.5], [1068.2, 722.2], [1066.3, 769.4], [841, 774.3]]))
        let search = FixedSearch(plates: [FoundPlate(quad: front, confidence: 1)])
        _ = try await bench.run(PlatesStage(searching: search), options, on: [Fixtures.carPhotos[0]])
        let packet = try #require(EmbeddedXMP.packets(in: bench.bytes("image")).first)
        #expect(
            packet.contains(
                #"stEvt:parameters="cover=blur count=1 focal35=30.0 at=841.6,726.5,1068,722.2,1066,769.4,841.0,774.3""#)
        )
        #expect(try ImageFile.probe(bench.bytes("image")).camera == ImageHeader.Camera(), "nothing else of EXIF")
    }
}
