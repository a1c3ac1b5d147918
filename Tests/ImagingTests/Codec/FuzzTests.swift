import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@Suite struct `Mutated files` {
    /// What a mutant may end as; anything else, above all `internal_error`, is a fault of ours.
    static let answers: Set<Failure.Code> = [
        .imageEmpty, .imageUnrecognized, .imageUnsupported, .imageTruncated, .imageCorrupt, .imageTooLarge,
    ]

    static let kinds: [(String, UInt64)] = [
        ("jpeg", 11), ("progressive", 12), ("png", 13), ("webp", 14), ("webp alpha", 15), ("avif", 16), ("tiff", 17),
    ]

    @Test(arguments: kinds)
    func `decode or are refused, every one`(kind: String, seed: UInt64) throws {
        let valid = try original(kind)
        var random = SeededGenerator(seed: seed)
        var refused = 0
        for number in 0..<300 {
            let mutant = mutate(valid, with: &random)
            do {
                let picture = try ImageFile.decode(mutant, limits: ImageLimits(pixels: 4_000_000))
                #expect(picture.width * picture.height <= 4_000_000)
            } catch {
                refused += 1
                #expect(Self.answers.contains(error.code), "\(kind) \(number): \(error) \(error.detail ?? "")")
            }
        }
        #expect(refused > 30, "the mutants are too tame to test anything")
    }

    @Test func `random bytes behind each magic are refused`() {
        var random = SeededGenerator(seed: 5)
        let heif: [UInt8] = [0, 0, 0, 24] + Array("ftypheic\0\0\0\0mif1heic".utf8)
        let avif: [UInt8] = [0, 0, 0, 24] + Array("ftypavif\0\0\0\0mif1avif".utf8)
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        let texts = ["RIFF@\0\0\0WEBPVP8 ", "II*\0", "MM\0*", ""].map { Array($0.utf8) }
        let magics = [[0xFF, 0xD8, 0xFF], png, heif, avif] + texts
        for magic in magics {
            for _ in 0..<60 {
                let tail = (0..<Int.random(in: 0...400, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                let failure = refusal(Data(magic + tail), limits: ImageLimits(pixels: 1_000_000))
                #expect(failure.map { Self.answers.contains($0.code) } ?? true)
            }
        }
    }

    @Test func `side by side each call gets its own answer`() async throws {
        let good = try sample(.jpeg)
        let short = good.prefix(good.count / 2)
        var torn = good
        torn.replaceSubrange(torn.count / 2..<torn.count / 2 + 200, with: Data(repeating: 0xAA, count: 200))
        let cases: [(Data, Failure.Code?)] = [
            (good, nil), (short, .imageTruncated), (torn, .imageCorrupt), (Data("text".utf8), .imageUnrecognized),
        ]
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<80 {
                let (bytes, code) = cases[number % cases.count]
                group.addTask { refusal(bytes)?.code == code }
            }
            for await right in group { #expect(right) }
        }
    }

    private func original(_ kind: String) throws -> Data {
        let picture = try TestPicture.scene(width: 48, height: 40)
        return switch kind {
        case "progressive": try Handmade.jpeg(picture.encoded(.jpeg(progressive: true)), adding: 0xE1, Handmade.exif())
        case "png": try picture.encoded(.png())
        case "webp": try picture.encoded(.webp())
        case "webp alpha": try TestPicture.disc(width: 40, height: 30).encoded(.webp())
        case "avif": try picture.encoded(.avif(effort: 1))
        case "tiff":
            Handmade.tiff(
                width: 12, height: 12, samples: 3, photometric: 2, pixels: Data(repeating: 70, count: 432))
        default: try picture.encoded(.jpeg(progressive: false))
        }
    }

    private func mutate(_ valid: Data, with random: inout SeededGenerator) -> Data {
        var bytes = Array(valid)
        for _ in 0..<Int.random(in: 1...4, using: &random) where bytes.count > 8 {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            let length = min(Int.random(in: 1...16, using: &random), bytes.count - at)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[at] = UInt8.random(in: 0...255, using: &random)
            case 2: for i in at..<at + length { bytes[i] = [0, 0xFF, 0x7F, 0x80].randomElement(using: &random) ?? 0 }
            case 3: bytes.removeSubrange(at..<at + length)
            case 4: bytes.insert(contentsOf: bytes[at..<at + length], at: at)
            default: bytes.removeSubrange(max(at, 9)...)
            }
        }
        return Data(bytes)
    }
}
