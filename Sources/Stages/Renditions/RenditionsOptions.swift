internal import Imaging
public import Pipeline

/// What `renditions` makes, and how.
public struct RenditionsOptions: StageOptions {
    /// Names of profiles; see the stage's README for their sizes.
    public var profiles: [String]
    /// Instead of each profile's own format.
    public var format: Format
    /// 1...100 instead of each profile's own; PNG has none.
    public var quality: Int?
    /// The quality is lowered until a file is no larger; a profile's own limit holds besides.
    public var maxBytes: Int?
    /// Instead of each profile's own way to fill its frame.
    public var fit: Fit
    /// Behind a picture with alpha and beside one that does not fill its frame: `#rrggbb` or `transparent`.
    public var background: String
    /// Where to cut when a frame takes less than the picture.
    public var focus: Focus

    public enum Format: String, Sendable, Codable, CaseIterable { case profile, jpeg, png, webp, avif }
    public enum Fit: String, Sendable, Codable, CaseIterable { case profile, cover, contain }
    public enum Focus: String, Sendable, Codable, CaseIterable {
        /// The object of the alpha channel or the mask, when there is one.
        case subject
        case centre
    }

    public init() {
        (profiles, format, quality, maxBytes) = (["listing", "thumbnail"], .profile, nil, nil)
        (fit, background, focus) = (.profile, "#ffffff", .subject)
    }

    public static let schema = OptionsSchema([
        OptionField(
            "profiles", .strings(allowed: RenditionProfile.all.map(\.name)), default: ["listing", "thumbnail"],
            "which sizes to make"),
        OptionField(
            "format", .choice(Format.allCases.map(\.rawValue)), default: "profile",
            "file format instead of each profile's own"),
        OptionField("quality", .integer(1...100), default: .null, "quality instead of each profile's own"),
        OptionField(
            "maxBytes", .integer(1_000...100_000_000), default: .null, "lower the quality until a file is no larger"),
        OptionField(
            "fit", .choice(Fit.allCases.map(\.rawValue)), default: "profile",
            "cut to the frame (cover) or show all (contain)"),
        OptionField(
            "background", .string(maxLength: 11), default: "#ffffff",
            "colour behind and beside the picture, #rrggbb or transparent"),
        OptionField(
            "focus", .choice(Focus.allCases.map(\.rawValue)), default: "subject",
            "keep the object of the alpha or mask in the middle, or the picture's centre"),
    ])
}

extension RenditionsOptions {
    /// Nil for `transparent`.
    func backgroundColour() throws(Failure) -> Colour? {
        if background == "transparent" { return nil }
        guard let colour = Colour(hex: background) else {
            throw Failure(
                .invalidOptions, "The background \(background.debugDescription) is no colour.",
                hint: "Write it as #rrggbb, or transparent.")
        }
        return colour
    }

    /// The chosen profiles with this job's own format, fit and limits.
    func resolved() throws(Failure) -> [RenditionProfile] {
        var chosen: [RenditionProfile] = []
        for name in profiles {
            guard let profile = RenditionProfile.named(name) else {
                let known = RenditionProfile.all.map(\.name).joined(separator: ", ")
                throw Failure(
                    .invalidOptions, "There is no profile \(name.debugDescription).", hint: "Profiles are: \(known).")
            }
            guard !chosen.contains(where: { $0.name == name }) else {
                throw Failure(.invalidOptions, "The profile \(name) is named twice.")
            }
            chosen.append(
                RenditionProfile(
                    name, profile.width, profile.height, fit.own ?? profile.fit, format.own ?? profile.format,
                    quality: quality ?? (format.own == nil ? profile.quality : nil),
                    maxBytes: [maxBytes, profile.maxBytes].compactMap(\.self).min()))
        }
        return chosen
    }
}

extension RenditionsOptions.Format {
    fileprivate var own: ImageFormat? {
        switch self {
        case .profile: nil
        case .jpeg: .jpeg
        case .png: .png
        case .webp: .webp
        case .avif: .avif
        }
    }
}

extension RenditionsOptions.Fit {
    fileprivate var own: RenditionProfile.Fit? {
        switch self {
        case .profile: nil
        case .cover: .cover
        case .contain: .contain
        }
    }
}
