import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

private let robust: URL? = Fixtures.data.map { $0.appending(path: "G_robust") }

/// Every file below a folder of the robustness set, but its descriptions.
private func files(_ folder: String = "") -> [URL] {
    guard let base = robust?.appending(path: folder).resolvingSymlinksInPath() else { return [] }
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: base.path)) ?? []
    return paths.sorted().map { base.appending(path: $0) }.filter { file in
        let isFile = (try? file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) ?? false
        return isFile && !file.lastPathComponent.hasPrefix("README") && !file.lastPathComponent.contains("LICENSE")
    }
}

@Suite(.enabled(if: robust != nil, "no data")) struct `Real and hostile files` {
    /// In a process of its own, for what other tests need is no part of this.
    @Test func `each decodes or is refused for a reason, in bounded memory`() async {
        await #expect(processExitsWith: .success) {
            let all = files()
            #expect(all.count > 250)
            all.forEach(decodesOrIsRefused)
            #expect(peakMegabytes() < 1_500)
        }
    }

    @Test(arguments: ["avif", "exif_orientation", "exif_samples", "houses_realestate"])
    func `good files decode, all of them`(folder: String) {
        for file in files(folder) {
            #expect(throws: Never.self, "\(file.lastPathComponent)") { try ImageFile.decode(file) }
        }
    }

    @Test func `PngSuite is told apart by its own naming`() throws {
        for file in files("pngsuite") {
            let picture = try? ImageFile.decode(file)
            #expect((picture == nil) == file.lastPathComponent.hasPrefix("x"), "\(file.lastPathComponent)")
        }
    }

    @Test func `the eight orientations look the same`() throws {
        let folder = try #require(robust).appending(path: "exif_orientation")
        let reference = try ImageFile.decode(folder.appending(path: "Landscape_1.jpg"), maxSide: 200)
        for number in 2...8 {
            let turned = try ImageFile.decode(folder.appending(path: "Landscape_\(number).jpg"), maxSide: 200)
            #expect(turned.peakSignalToNoise(to: reference) > 25, "\(number)")
        }
    }

    @Test(arguments: [
        ("sharp_odd/65536-uint32-limit.png", Failure.Code.imageTooLarge), ("sharp_odd/giant-image.jpg", .imageTooLarge),
        ("sharp_odd/truncated.png", .imageTruncated), ("pillow_hostile/truncated_jpeg.jpg", .imageTruncated),
        ("pillow_hostile/decompression_bomb.gif", .imageUnsupported), ("libheif_fuzz/j2k32.heif", .imageUnsupported),
        ("pillow_hostile/crash-4fb027452e6988530aa5dabee76eecacb3b79f8a.j2k", .imageUnsupported),
        ("libjpegturbo_bugs/mozilla_1050342__jpeg-image-000.jpg", .imageCorrupt),
        ("pngsuite/xcsn0g01.png", .imageCorrupt), ("pngsuite/xlfn0g04.png", .imageCorrupt),
    ])
    func `known cases have their own codes`(path: String, code: Failure.Code) throws {
        let file = try #require(robust).appending(path: path)
        #expect(#expect(throws: Failure.self) { try ImageFile.decode(file) }?.code == code)
    }

    @Test func `phones' HEIC comes in upright with its camera`() throws {
        let file = try #require(robust).appending(path: "exif_samples/heic/IMG_5195.HEIC")
        let header = try ImageFile.probe(file)
        #expect(header.format == .heif && header.camera.make == "Apple" && header.camera.focalLength35 == 26)
        #expect(header.width == 2566 && header.height == 3313 && header.hasProfile)
        let small = try ImageFile.decode(file, maxSide: 100)
        #expect(small.channels == 3 && small.height == 100)
    }

    @Test func `CMYK without a profile keeps its colours apart`() throws {
        let file = try #require(robust).appending(path: "sharp_odd/Channel_digital_image_CMYK_color_no_profile.jpg")
        let picture = try ImageFile.decode(file, maxSide: 300)
        #expect(picture.channels == 3)
        #expect(try picture.dominantColour() != .black)
    }
}

private func decodesOrIsRefused(_ file: URL) {
    do throws(Failure) {
        let picture = try ImageFile.decode(file)
        let header = try ImageFile.probe(file)
        #expect(picture.width == header.width && picture.height == header.height, "\(file.lastPathComponent)")
    } catch {
        #expect(`Mutated files`.answers.contains(error.code), "\(file.lastPathComponent): \(error)")
        #expect(!error.summary.contains(file.path))
    }
}

/// The largest resident size of this process so far.
private func peakMegabytes() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
}
