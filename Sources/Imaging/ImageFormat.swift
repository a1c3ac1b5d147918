internal import CVShim

/// The picture formats that are read; told by a file's first bytes, never by its name.
public enum ImageFormat: String, Sendable, Codable, CaseIterable {
    case jpeg, png, webp, heif, avif, tiff

    public var mediaType: String { "image/\(rawValue)" }

    /// Without the dot.
    public var fileExtension: String { self == .jpeg ? "jpg" : self == .heif ? "heic" : rawValue }

    init(_ format: CVSFormat) {
        self =
            switch format {
            case .JPEG: .jpeg
            case .PNG: .png
            case .webP: .webp
            case .HEIF: .heif
            case .AVIF: .avif
            case .TIFF: .tiff
            }
    }
}
