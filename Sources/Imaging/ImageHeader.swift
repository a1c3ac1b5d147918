internal import CVShim

/// What a file says about its picture, without a pixel read.
public struct ImageHeader: Sendable, Equatable, Codable {
    public let format: ImageFormat
    /// Upright, that is after `orientation` is applied.
    public let width: Int
    public let height: Int
    /// EXIF 1...8; 1 when absent, or when the format itself turns its pixels (HEIF, AVIF).
    public let orientation: Int
    /// Frames, pages or images in the file; the first, or the primary one, is decoded.
    public let pages: Int
    /// Bits a channel as stored.
    public let bits: Int
    public let hasAlpha: Bool
    public let hasProfile: Bool
    public let camera: Camera

    /// What EXIF says about the camera. For geometry only: no output carries it.
    public struct Camera: Sendable, Equatable, Codable {
        /// Millimetres.
        public let focalLength: Double?
        /// The 35 mm equivalent in millimetres.
        public let focalLength35: Double?
        public let make: String?
        public let model: String?

        public init(
            focalLength: Double? = nil, focalLength35: Double? = nil, make: String? = nil, model: String? = nil
        ) {
            (self.focalLength, self.focalLength35, self.make, self.model) = (focalLength, focalLength35, make, model)
        }
    }

    init(_ header: CVSHeader) {
        format = ImageFormat(header.format)
        (width, height) = (Int(header.width), Int(header.height))
        (orientation, pages, bits) = (Int(header.orientation), Int(header.pages), Int(header.bits))
        (hasAlpha, hasProfile) = (header.has_alpha, header.has_profile)
        camera = Camera(
            focalLength: header.focal_length > 0 ? header.focal_length : nil,
            focalLength35: header.focal_length_35 > 0 ? header.focal_length_35 : nil,
            make: text(header.make), model: text(header.model))
    }
}

/// A C text of a fixed array; nil when empty.
private func text<Characters>(_ characters: Characters) -> String? {
    let string = withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return string.isEmpty ? nil : string
}
