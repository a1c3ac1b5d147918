internal import Imaging
public import Pipeline

/// How a cut-out is made, and on which background it is set besides.
public struct CutoutOptions: StageOptions {
    public var model = Network.u2net
    public var precision = Arithmetic.auto
    /// Of the cut-out; the mask is always PNG.
    public var format = Format.png
    /// A studio's name, see `Backdrop.names`; empty makes no composite.
    public var background = ""
    /// The composite's canvas in pixels.
    public var width = 1600
    public var height = 1200
    /// JPEG quality of the composite.
    public var quality = 92
    public var shadow = true

    public enum Network: String, Sendable, Codable, CaseIterable { case u2net, u2netp }
    public enum Arithmetic: String, Sendable, Codable, CaseIterable { case auto, f32, bf16 }
    public enum Format: String, Sendable, Codable, CaseIterable { case png, webp }

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
            "background", .choice([""] + Backdrop.names), default: "",
            "The studio that the composite is set in; empty makes none."),
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
