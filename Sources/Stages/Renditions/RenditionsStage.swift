internal import Foundation
internal import Imaging
public import Pipeline

/// Portal sizes of one picture: framed around its object, resampled once, encoded within a limit, measured.
public struct RenditionsStage: Stage {
    public static let kind: Kind = "renditions"
    public static let version = 2
    public static let abstract = "Makes the sizes that portals and social networks ask for, without personal metadata."
    public static let arity = InputArity.one
    public static let companions: Set<String> = ["mask"]

    public init() {}

    public struct Output: Codable, Sendable, Equatable {
        public let renditions: [Rendition]
        /// A blurred likeness to show while the picture loads.
        public let blurhash: String
        /// `#rrggbb`.
        public let dominantColour: String
    }

    public struct Rendition: Codable, Sendable, Equatable {
        public let name: String
        public let width: Int
        public let height: Int
        public let format: String
        public let bytes: Int
        /// Absent where the format has none.
        public let quality: Int?
        /// Of the file against the picture before it was encoded, to 4 decimals.
        public let ssim: Double
        /// `cover` cut the picture to the frame, `contain` shows all of it.
        public let fit: String
        /// The picture had fewer pixels than the frame.
        public let upscaled: Bool
    }

    public static func validate(_ options: RenditionsOptions) throws(Failure) {
        let profiles = try options.resolved()
        guard !profiles.isEmpty else {
            throw Failure(.invalidOptions, "No profile is named.", hint: "Name at least one, such as listing.")
        }
        if try options.backgroundColour() == nil, let profile = profiles.first(where: { $0.format == .jpeg }) {
            throw Failure(
                .invalidOptions, "The profile \(profile.name) is written as JPEG, which has no transparency.",
                hint: "Give a colour as background, or set format to webp, png or avif.")
        }
    }

    public static func budget(for options: RenditionsOptions) -> Budget {
        Budget(
            pixels: 100_000_000, bytes: 1_280 << 20, threads: 1, wallSeconds: 60 + 15 * Double(options.profiles.count))
    }

    public func run(_ options: RenditionsOptions, in context: StageContext) async throws(Failure) -> Output {
        let profiles = try options.resolved()
        let background = try options.backgroundColour()
        guard let input = context.inputs.first(where: { !$0.isMask }) else {
            throw Failure(.invalidInputs, "There is no picture.", hint: "Give one besides the mask.")
        }
        try context.checkpoint(0, "reading the picture")
        let picture = try ImageFile.decode(input, in: context)
        let subject = options.focus == .subject ? try subject(of: picture, in: context) : nil

        let source = try Provenance(of: input, in: context)

        var renditions: [Rendition] = []
        for (index, profile) in profiles.enumerated() {
            let done = Double(index) / Double(profiles.count)
            try context.checkpoint(0.2 + 0.8 * done, "making \(profile.name)")
            let maker = RenditionMaker(profile: profile, background: background, source: source, cancel: context.cancel)
            let made = try maker.make(from: picture, subject: subject)
            let file = context.scratch.appending(path: "\(profile.name).\(profile.format.fileExtension)")
            try ScratchFile.write(made.data, to: file)
            try context.emit(
                EmittedFile(
                    name: profile.name, path: file.lastPathComponent, file: file, mediaType: profile.format.mediaType,
                    width: profile.width, height: profile.height))
            renditions.append(made.facts)
        }
        try context.checkpoint(1, "measuring colours")
        return Output(
            renditions: renditions, blurhash: try Blurhash.of(picture), dominantColour: try picture.dominantColour().hex
        )
    }

    /// The box of what the mask or the alpha channel shows; nil when neither tells an object from its surroundings.
    private func subject(of picture: Bitmap, in context: StageContext) throws(Failure) -> PixelBox? {
        var mask = picture.channels == 4 ? try picture.channel(3) : nil
        if let input = context.inputs.first(where: \.isMask) {
            mask = try ImageFile.decode(input, in: context, as: .grey)
            guard mask?.width == picture.width, mask?.height == picture.height else {
                throw Failure(
                    .invalidInputs, "The mask has another size than the picture.", hint: "Give the picture's own mask.",
                    slot: input.slot, detail: "\(mask?.width ?? 0) x \(mask?.height ?? 0)")
            }
        }
        guard let box = try mask?.bounds(), box.width < picture.width || box.height < picture.height else { return nil }
        return box
    }
}

extension StageInput {
    fileprivate var isMask: Bool { RenditionsStage.companions.contains(slot) }
}
