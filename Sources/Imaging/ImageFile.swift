internal import CVShim
public import Foundation
public import Pipeline

/// The one door through which pictures come in: allow-listed formats, header before pixels, upright, sRGB, 8 bit.
///
/// Each broken file has its own code: `input_unreadable`, `image_empty`, `image_unrecognized`, `image_unsupported`,
/// `image_truncated`, `image_corrupt`, `image_too_large`.
public enum ImageFile {
    /// What channels a decoded picture shall have.
    public enum Layout: Sendable {
        /// 1 for grey, 3 for colour, 4 for anything with alpha.
        case keep
        /// 1: luma, flattened over white.
        case grey
        /// 3: flattened over white, grey repeated.
        case rgb
        /// 4: opaque where the file has no alpha.
        case rgba
    }

    /// Reads the header of a file.
    public static func probe(_ file: URL, limits: ImageLimits = ImageLimits()) throws(Failure) -> ImageHeader {
        try probe(.file(file), limits)
    }

    /// Reads the header of encoded bytes.
    public static func probe(_ bytes: Data, limits: ImageLimits = ImageLimits()) throws(Failure) -> ImageHeader {
        try probe(.memory(bytes), limits)
    }

    /// Decodes a file; its first frame or primary image.
    ///
    /// - Parameter maxSide: shrinks so that no side is longer; cheap for JPEG, which then reads fewer samples.
    public static func decode(
        _ file: URL, as layout: Layout = .keep, maxSide: Int? = nil, limits: ImageLimits = ImageLimits(),
        cancel: CancelFlag? = nil
    ) throws(Failure) -> Bitmap {
        try decode(.file(file), layout, maxSide, limits, cancel)
    }

    /// Decodes bytes in memory; see the variant for files.
    public static func decode(
        _ bytes: Data, as layout: Layout = .keep, maxSide: Int? = nil, limits: ImageLimits = ImageLimits(),
        cancel: CancelFlag? = nil
    ) throws(Failure) -> Bitmap {
        try decode(.memory(bytes), layout, maxSide, limits, cancel)
    }

    /// Decodes a stage's input within its budget; a failure names the input's slot.
    public static func decode(
        _ input: StageInput, in context: StageContext, as layout: Layout = .keep, maxSide: Int? = nil
    ) throws(Failure) -> Bitmap {
        do {
            return try decode(
                input.file, as: layout, maxSide: maxSide, limits: ImageLimits(context.budget), cancel: context.cancel)
        } catch { throw error.about(slot: input.slot) }
    }

    /// Reads the header of a stage's input within its budget; a failure names the input's slot.
    public static func probe(_ input: StageInput, in context: StageContext) throws(Failure) -> ImageHeader {
        do { return try probe(input.file, limits: ImageLimits(context.budget)) } catch {
            throw error.about(slot: input.slot)
        }
    }

    /// The XMP packet of a stage's input as it is; empty when there is none.
    static func metadata(_ input: StageInput, in context: StageContext) throws(Failure) -> String {
        do { return try metadata(.file(input.file), ImageLimits(context.budget)) } catch {
            throw error.about(slot: input.slot)
        }
    }

    /// The XMP packet of encoded bytes as it is; empty when there is none.
    static func metadata(_ bytes: Data) throws(Failure) -> String { try metadata(.memory(bytes), ImageLimits()) }

    private static func metadata(_ source: Source, _ limits: ImageLimits) throws(Failure) -> String {
        let bytes = try source.withShim { shim throws(Failure) in
            try callShim { out, error in cvs_read_xmp(shim, limits.shim, out, error) }
        }
        defer { cvs_bytes_destroy(bytes) }
        return String(
            decoding: UnsafeBufferPointer(start: cvs_bytes_data(bytes), count: cvs_bytes_count(bytes)), as: UTF8.self)
    }

    private static func probe(_ source: Source, _ limits: ImageLimits) throws(Failure) -> ImageHeader {
        var header = CVSHeader()
        try source.withShim { shim throws(Failure) in
            try checkShim { error in cvs_probe(shim, limits.shim, &header, error) }
        }
        return ImageHeader(header)
    }

    private static func decode(
        _ source: Source, _ layout: Layout, _ maxSide: Int?, _ limits: ImageLimits, _ cancel: CancelFlag?
    ) throws(Failure) -> Bitmap {
        try source.withShim { shim throws(Failure) in
            try Bitmap.make(cancel: cancel) { cancel, out, error in
                cvs_decode(shim, limits.shim, layout.shim, Int32(clamping: maxSide ?? 0), cancel, out, error)
            }
        }
    }
}

/// Where encoded bytes come from.
private enum Source {
    case file(URL)
    case memory(Data)

    func withShim<R>(_ body: (CVSSource) throws(Failure) -> R) throws(Failure) -> R {
        let result: Result<R, Failure>
        switch self {
        case .file(let url):
            result = url.withUnsafeFileSystemRepresentation { path in
                Result { () throws(Failure) in
                    guard let path else { throw Failure(.notFound, detail: "the path can't be written in UTF-8") }
                    return try body(CVSSource(path: path, bytes: nil, count: 0))
                }
            }
        case .memory(let data):
            result = data.withUnsafeBytes { bytes in
                Result { () throws(Failure) in
                    let base = bytes.bindMemory(to: UInt8.self).baseAddress
                    return try body(CVSSource(path: nil, bytes: base, count: bytes.count))
                }
            }
        }
        return try result.get()
    }
}

extension ImageFile.Layout {
    fileprivate var shim: CVSLayout {
        switch self {
        case .keep: .keep
        case .grey: .grey
        case .rgb: .RGB
        case .rgba: .RGBA
        }
    }
}
