internal import Imaging
public import Pipeline

/// How a cut-out is made, and on which background it is set besides.
public struct CutoutOptions: StageOptions {
    public var model = Network.u2net
    public var precision = Arithmetic.auto
    /// Of the cut-out; the mask is always PNG.
    public var format = Format.png
    /// What the photo should show; with `any` no vehicle is looked for, and none missed.
    public var subject = Subject.vehicle
    /// 0...1: how much panes let through of what the cut-out is set on.
    public var windows = 0.0
    /// Writes the object's border too, as lines between pixels.
    public var contour = false
    /// A studio's name, see `Backdrop.names`; empty makes no composite unless a background picture comes along.
    public var background = ""
    /// `#RRGGBB` in place of the studio's own sweep; empty leaves it.
    public var sweepColour = ""
    /// Where the light comes from, -1 left ... 1 right; automatic takes the studio's, or reads it from the picture.
    public var lightX = Wish<Double>.automatic
    /// 0...1: how much the floor mirrors; automatic takes the studio's, none on a picture.
    public var mirror = Wish<Double>.automatic
    /// Where wheels stand on a background picture, as a fraction of its height.
    public var floorLine = 0.82
    /// Brings white balance and exposure of the car near to what all cars get.
    public var harmonise = true
    /// The composite's canvas in pixels.
    public var width = 1600
    public var height = 1200
    /// JPEG quality of the composite.
    public var quality = 92
    public var shadow = true

    public enum Network: String, Sendable, Codable, CaseIterable { case u2net, u2netp }
    public enum Arithmetic: String, Sendable, Codable, CaseIterable { case auto, f32, bf16 }
    public enum Format: String, Sendable, Codable, CaseIterable { case png, webp }

    public enum Subject: String, Sendable, Codable, CaseIterable { case vehicle, any }

    public init() {}

    public static let schema = OptionsSchema([
        OptionField(
            "model", .choice(Network.allCases.map(\.rawValue)), default: "u2net",
            "The network: u2net is the best, u2netp takes half the time."),
        OptionField(
            "precision", .choice(Arithmetic.allCases.map(\.rawValue)), default: "auto",
            "auto takes the machine's fast one; f32 gives the same bytes with any number of threads."),
        OptionField(
            "format", .choice(Format.allCases.map(\.rawValue)), default: "png",
            "File format of the cut-out; webp is lossless, smaller and slower."),
        OptionField(
            "subject", .choice(Subject.allCases.map(\.rawValue)), default: "vehicle",
            "What the photo should show: vehicle finds the main one and sends other objects to review; any takes what stands out."
        ),
        OptionField(
            "windows", .number(0...1), default: .int(0),
            "How much panes let through of the new background; 0 leaves what the photo shows behind them."),
        OptionField(
            "contour", .boolean, default: false,
            "Writes contour.json too: the object's border as lines between pixels, and where the photo cuts it."),
        OptionField(
            "background", .choice([""] + Backdrop.names), default: "",
            "The studio that the composite is set in; empty makes none, unless an input background comes along."),
        OptionField(
            "sweepColour", .string(maxLength: 7), default: "",
            "Colour of the studio's wall and floor as #RRGGBB; empty leaves the studio's own."),
        OptionField(
            "lightX", .number(-1...1), default: .null,
            "Where the light comes from, -1 left to 1 right; null takes the background's own."),
        OptionField(
            "mirror", .number(0...1), default: .null,
            "How much the floor mirrors, 0 to 1; null takes the studio's own, and none on a picture."),
        OptionField(
            "floorLine", .number(0.4...0.98), default: .number(0.82),
            "Where wheels stand on a background picture, as a fraction of its height from the top."),
        OptionField(
            "harmonise", .boolean, default: true,
            "Brings the car's white balance and exposure near to what all cars get; declared in the result."),
        OptionField("width", .integer(320...4096), default: 1600, "Width of the composite in pixels."),
        OptionField("height", .integer(240...4096), default: 1200, "Height of the composite in pixels."),
        OptionField("quality", .integer(30...100), default: 92, "JPEG quality of the composite."),
        OptionField("shadow", .boolean, default: true, "Casts a contact shadow in the composite."),
    ])
}

extension CutoutOptions {
    /// The kernel's word for the wished arithmetic.
    var wished: Precision {
        switch precision {
        case .auto: .auto
        case .f32: .f32
        case .bf16: .bf16
        }
    }
}

extension CutoutOptions {
    /// What the schema can't say.
    func check() throws(Failure) {
        guard windows == 0 || subject == .vehicle else {
            throw Failure(
                .invalidOptions, "The option windows is for vehicles.", hint: "Leave out subject=any, or windows.")
        }
        guard sweepColour.isEmpty || StudioColour(hex: sweepColour) != nil else {
            throw Failure(
                .invalidOptions, "The option sweepColour must be a colour such as #2A9D8F, not \(sweepColour).")
        }
        guard sweepColour.isEmpty || !background.isEmpty else {
            throw Failure(
                .invalidOptions, "The option sweepColour needs a studio.", hint: "Name one with the option background.")
        }
    }
}
