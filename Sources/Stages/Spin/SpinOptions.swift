internal import Imaging
public import Pipeline

/// How a spin looks.
public struct SpinOptions: StageOptions {
    /// The studio's name, see `Backdrop.names`.
    public var backdrop = "studio-light"
    /// Where wheels stand on a background picture, as a fraction of its height.
    public var floorLine = 0.82
    /// Where the light of a background picture comes from, -1 left ... 1 right; automatic reads it.
    public var lightX = Wish<Double>.automatic
    /// Size of every frame in pixels.
    public var width = 1280
    public var height = 800
    /// WebP quality of frames and sprite.
    public var quality = 88
    /// Widest frame inside the viewer page; smaller pages load faster.
    public var viewerWidth = 1280
    /// The viewer opens at the frame nearest to this azimuth.
    public var startAzimuth = 45.0
    /// Which side of the car was photographed after the front; `auto` reads it from the pictures.
    public var direction = Direction.auto
    /// Photos in a full turn; 0 takes the highest photo number.
    public var steps = 0
    /// Slots in their order round the car; empty goes by the slots' numbers or names.
    public var order: [String] = []
    public var shadow = true
    /// Brings each photo's exposure near to the set's median.
    public var evenExposure = true
    /// Makes what ought to be grey on the car grey, by the same gains in every frame.
    public var whiteBalance = true

    public enum Direction: String, Sendable, Codable, CaseIterable { case auto, left, right }

    public init() {}

    public static let schema = OptionsSchema([
        OptionField(
            "backdrop", .choice(Backdrop.names), default: "studio-light",
            "The studio that the car stands in, unless an input background comes along."),
        OptionField(
            "floorLine", .number(0.4...0.98), default: .number(0.82),
            "Where wheels stand on a background picture, as a fraction of its height from the top."),
        OptionField(
            "lightX", .number(-1...1), default: .null,
            "Where the light of a background picture comes from, -1 left to 1 right; null reads it."),
        OptionField("width", .integer(320...3840), default: 1280, "Width of every frame in pixels."),
        OptionField("height", .integer(240...2400), default: 800, "Height of every frame in pixels."),
        OptionField("quality", .integer(30...100), default: 88, "WebP quality of frames and sprite."),
        OptionField("viewerWidth", .integer(320...3840), default: 1280, "Widest frame inside the viewer page."),
        OptionField("startAzimuth", .number(0...360), default: .number(45), "Where the viewer opens, in degrees."),
        OptionField(
            "direction", .choice(Direction.allCases.map(\.rawValue)), default: "auto",
            "Which side of the car was photographed after the front; auto reads it from the pictures."),
        OptionField("steps", .integer(0...36), default: 0, "Photos in a full turn; 0 takes the highest number."),
        OptionField("order", .strings(allowed: nil), default: [], "Slots in their order round the car."),
        OptionField("shadow", .boolean, default: true, "Casts a contact shadow."),
        OptionField("evenExposure", .boolean, default: true, "Brings exposures near to the set's median."),
        OptionField(
            "whiteBalance", .boolean, default: true,
            "Makes what ought to be grey on the car grey, by the same gains in every frame."),
    ])
}
