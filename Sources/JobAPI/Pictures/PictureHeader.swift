internal import Foundation
internal import Pipeline

/// What the first and last bytes of a JPEG, PNG or WebP say: its format and size. Decodes nothing; walks lengths only.
///
/// The API has no codec in its process, so this keeps out what is no picture, is cut off, or is far too large; what is
/// damaged inside is found by the job that uses it.
struct PictureHeader: Sendable, Equatable {
    let width: Int
    let height: Int

    static let mostPixels = 100_000_000
    /// A JPEG's size stands behind its metadata.
    static let longestHead = 1 << 20

    /// - Parameters:
    ///   - head: the first bytes, up to `longestHead`.
    ///   - tail: the last 16 bytes.
    ///   - count: bytes of the file.
    /// - Throws: `imageEmpty`, `imageUnrecognized`, `imageUnsupported`, `imageTruncated`, `imageTooLarge`.
    init(head: [UInt8], tail: [UInt8], count: Int) throws(Failure) {
        guard count > 0 else { throw Failure(.imageEmpty, "The file is empty.", hint: "Upload it again.") }
        let size: (width: Int, height: Int)?
        let isWhole: Bool
        switch MediaType.of(head) {
        // Phones append to a JPEG, so its end tells nothing.
        case "image/jpeg": (size, isWhole) = (Self.jpeg(head), true)
        case "image/png": (size, isWhole) = (Self.png(head), Self.contains(tail, Array("IEND".utf8)))
        case "image/webp": (size, isWhole) = (Self.webP(head), Self.little(head, 4, 4).map { $0 + 8 <= count } ?? false)
        case let type where type.hasPrefix("image/"):
            throw Failure(
                .imageUnsupported, "A background can't be \(type).", hint: "Send it as JPEG, PNG or WebP.")
        default:
            throw Failure(
                .imageUnrecognized, "The file is not a picture.", hint: "Send a background as JPEG, PNG or WebP.")
        }
        guard isWhole, let size else {
            throw Failure(.imageTruncated, "The picture ends too early.", hint: "Copy or upload it again.")
        }
        guard size.width > 0, size.height > 0, size.width * size.height <= Self.mostPixels else {
            throw Failure(
                .imageTooLarge, "The picture claims \(size.width) x \(size.height) pixels.", hint: "Send a smaller one."
            )
        }
        (width, height) = size
    }

    /// The frame header's size; EXIF that turns the picture by a quarter is for the job to see.
    private static func jpeg(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
        var at = 2
        while at + 9 < bytes.count, bytes[at] == 0xFF {
            let marker = bytes[at + 1]
            if marker == 0xFF {
                at += 1
                continue
            }
            if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
                return big(bytes, at + 7, 2).flatMap { width in big(bytes, at + 5, 2).map { (width, $0) } }
            }
            guard marker != 0xDA, let length = big(bytes, at + 2, 2), length >= 2 else { return nil }
            at += 2 + length
        }
        return nil
    }

    private static func png(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
        guard let width = big(bytes, 16, 4), let height = big(bytes, 20, 4), width < 1 << 31, height < 1 << 31 else {
            return nil
        }
        return (width, height)
    }

    private static func webP(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
        switch String(decoding: bytes.dropFirst(12).prefix(4), as: UTF8.self) {
        case "VP8X":
            guard let width = little(bytes, 24, 3), let height = little(bytes, 27, 3) else { return nil }
            return (width + 1, height + 1)
        case "VP8L":
            guard let bits = little(bytes, 21, 4) else { return nil }
            return (bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
        case "VP8 ":
            guard let width = little(bytes, 26, 2), let height = little(bytes, 28, 2) else { return nil }
            return (width & 0x3FFF, height & 0x3FFF)
        default: return nil
        }
    }

    private static func big(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int? {
        at + count <= bytes.count ? bytes[at..<at + count].reduce(0) { $0 << 8 | Int($1) } : nil
    }

    private static func little(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int? {
        at + count <= bytes.count ? bytes[at..<at + count].reversed().reduce(0) { $0 << 8 | Int($1) } : nil
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool { bytes.firstRange(of: part) != nil }
}

extension PictureHeader {
    /// Reads a stored blob's header.
    init(of file: URL, count: Int) throws(Failure) {
        let (head, tail): ([UInt8], [UInt8])
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            head = Array(try handle.read(upToCount: Self.longestHead) ?? Data())
            try handle.seek(toOffset: UInt64(max(0, count - 16)))
            tail = Array(try handle.read(upToCount: 16) ?? Data())
        } catch {
            throw Failure(.storageUnavailable, "A stored file can't be read.", detail: "\(error)")
        }
        try self.init(head: head, tail: tail, count: count)
    }
}
