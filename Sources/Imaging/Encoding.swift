internal import CVShim
public import Foundation
public import Pipeline

/// How a picture is written. Nothing is attached but what is asked for: a colour profile, and a record of its making.
public struct Encoding: Sendable {
    public enum Chroma: Sendable {
        /// 4:2:0, smaller.
        case halved
        /// 4:4:4, keeps coloured edges.
        case full
    }

    public let format: ImageFormat
    /// 1...100; nil for PNG, which has none.
    public let quality: Int?
    /// What the file says of its own making; nil says nothing.
    public private(set) var provenance: Provenance?
    let shim: CVSEncoding

    /// The same encoding, with a record in the file as XMP.
    public func stating(_ provenance: Provenance?) -> Encoding {
        var encoding = self
        encoding.provenance = provenance
        return encoding
    }

    private init(
        _ format: ImageFormat, _ wire: CVSFormat, quality: Int?, lossless: Bool = false, progressive: Bool = false,
        chroma: Chroma = .halved, effort: Int = 0, alphaQuality: Int = 100, sRGBProfile: Bool
    ) {
        (self.format, self.quality) = (format, quality)
        shim = CVSEncoding(
            format: wire, quality: Int32(clamping: quality ?? 100), lossless: lossless, progressive: progressive,
            full_chroma: chroma == .full, effort: Int32(clamping: effort), alpha_quality: Int32(clamping: alphaQuality),
            embed_srgb: sRGBProfile)
    }

    /// Pictures of 1 or 3 channels; flatten alpha before. Huffman tables are always optimised.
    public static func jpeg(
        quality: Int = 85, progressive: Bool = true, chroma: Chroma = .halved, sRGBProfile: Bool = false
    ) -> Encoding {
        Encoding(
            .jpeg, .JPEG, quality: quality, progressive: progressive, chroma: chroma, sRGBProfile: sRGBProfile)
    }

    /// - Parameter compression: 0...9, the level of zlib.
    public static func png(compression: Int = 6, sRGBProfile: Bool = false) -> Encoding {
        Encoding(.png, .PNG, quality: nil, effort: compression, sRGBProfile: sRGBProfile)
    }

    /// - Parameter effort: 0...6, smaller and slower.
    public static func webp(
        quality: Int = 82, lossless: Bool = false, alphaQuality: Int = 100, effort: Int = 4, sRGBProfile: Bool = false
    ) -> Encoding {
        Encoding(
            .webp, .webP, quality: quality, lossless: lossless, effort: effort, alphaQuality: alphaQuality,
            sRGBProfile: sRGBProfile)
    }

    /// Colour is stated in AVIF's own header, so there is no profile to ask for.
    ///
    /// - Parameter effort: 0...9, smaller and slower.
    public static func avif(
        quality: Int = 60, lossless: Bool = false, chroma: Chroma = .halved, effort: Int = 4
    ) -> Encoding {
        Encoding(
            .avif, .AVIF, quality: quality, lossless: lossless, chroma: chroma, effort: effort, sRGBProfile: false)
    }
}

extension Bitmap {
    /// The encoded bytes; equal pixels and settings give equal bytes.
    public func encoded(_ encoding: Encoding, cancel: CancelFlag? = nil) throws(Failure) -> Data {
        try EncodedBytes(self, encoding, cancel).data
    }

    /// Writes an encoded file by a temporary name and a rename, so nothing half-written is ever seen.
    ///
    /// - Returns: its size in bytes.
    @discardableResult
    public func write(_ encoding: Encoding, to file: URL, cancel: CancelFlag? = nil) throws(Failure) -> Int {
        let bytes = try EncodedBytes(self, encoding, cancel)
        try bytes.write(to: file)
        return bytes.count
    }
}

/// The shim's owned bytes.
private struct EncodedBytes: ~Copyable {
    private let handle: OpaquePointer

    init(_ bitmap: Bitmap, _ encoding: Encoding, _ cancel: CancelFlag?) throws(Failure) {
        // libvips takes an AVIF's item for XMP only when it begins with the element itself.
        let packet =
            encoding.provenance?.packet(
                pixels: bitmap.width * bitmap.height, isWrapped: encoding.format != .avif) ?? []
        handle = try withExtendedLifetime(bitmap) { () throws(Failure) in
            try withCancelAddress(cancel) { flag throws(Failure) in
                try callShim { out, error in
                    packet.withUnsafeBufferPointer { packet in
                        cvs_encode(
                            bitmap.handle, encoding.shim, packet.isEmpty ? nil : packet.baseAddress, packet.count, flag,
                            out, error)
                    }
                }
            }
        }
    }

    deinit { cvs_bytes_destroy(handle) }

    var count: Int { cvs_bytes_count(handle) }
    var data: Data { Data(bytes: cvs_bytes_data(handle), count: count) }

    borrowing func write(to file: URL) throws(Failure) {
        let handle = self.handle
        let path = file.path(percentEncoded: false)
        try checkShim { error in cvs_bytes_write(handle, path, error) }
    }
}
