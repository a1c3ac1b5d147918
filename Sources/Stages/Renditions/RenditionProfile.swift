internal import Imaging

/// One size that a portal or a social network asks for.
struct RenditionProfile: Sendable, Equatable {
    enum Fit: String, Sendable, Codable { case cover, contain }

    let name: String
    let width: Int
    let height: Int
    let fit: Fit
    let format: ImageFormat
    /// 1...100; nil takes the format's usual one.
    let quality: Int?
    /// The portal's limit.
    let maxBytes: Int?

    init(
        _ name: String, _ width: Int, _ height: Int, _ fit: Fit = .cover, _ format: ImageFormat = .jpeg,
        quality: Int? = nil, maxBytes: Int? = nil
    ) {
        (self.name, self.width, self.height, self.fit) = (name, width, height, fit)
        (self.format, self.quality, self.maxBytes) = (format, quality, maxBytes)
    }
}

extension RenditionProfile {
    /// Sizes as the portals publish them; a new portal is a new line. Upright ones contain a car, which is broad.
    static let all: [RenditionProfile] = [
        RenditionProfile("listing", 800, 600, .cover, .webp),
        RenditionProfile("thumbnail", 300, 200, .cover, .webp, quality: 78),
        RenditionProfile("square", 1024, 1024, .cover, .webp),
        RenditionProfile("landscape", 1792, 1024, .cover, .webp),
        RenditionProfile("portrait", 1024, 1792, .contain, .webp),
        RenditionProfile("google-vehicle-ads", 1600, 1200, quality: 90, maxBytes: 16_000_000),
        RenditionProfile("instagram-square", 1080, 1080),
        RenditionProfile("instagram-portrait", 1080, 1350, .contain),
        RenditionProfile("instagram-landscape", 1080, 566),
        RenditionProfile("instagram-story", 1080, 1920, .contain),
        RenditionProfile("tiktok", 1080, 1920, .contain),
        RenditionProfile("linkedin", 1200, 627),
    ]

    static func named(_ name: String) -> RenditionProfile? { all.first { $0.name == name } }
}
