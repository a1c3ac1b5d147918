internal import Imaging
public import Pipeline

/// How a model is made of photos.
public struct ReconstructOptions: StageOptions {
    /// What the photos show: a car from all round, a scene in photos that overlap, or whichever comes out better.
    public var subject = Subject.auto
    /// Slots in their order round the car; empty goes by the slots' numbers or names.
    public var order: [String] = []
    /// Photos in a full turn; 0 takes as many as there are.
    public var steps = 0
    /// 35 mm equivalent of the focal length in millimetres; 0 takes what the photos say.
    public var focal35 = 0.0
    /// Length of the car in metres; 0 takes the wheelbase.
    public var length = 0.0
    /// Between its axles in metres; 0 takes the usual size of cars.
    public var wheelbase = 0.0
    public var triangles = 50_000
    /// JPEG quality of the texture.
    public var quality = 88
    /// Of the mattes of photos that come without alpha.
    public var precision = Arithmetic.auto
    /// Cameras and points as COLMAP's text files too.
    public var colmap = false
    /// A picture of every photo with the outline of the model drawn on it.
    public var sheet = true

    public enum Subject: String, Sendable, Codable, CaseIterable { case auto, object, scene }
    public enum Arithmetic: String, Sendable, Codable, CaseIterable { case auto, f32, bf16 }

    public init() {}

    public static let schema = OptionsSchema([
        OptionField(
            "subject", .choice(Subject.allCases.map(\.rawValue)), default: "auto",
            "object: one car from all round; scene: photos that overlap; auto tries both and takes the better."),
        OptionField("order", .strings(allowed: nil), default: [], "Slots in their order round the car."),
        OptionField("steps", .integer(0...36), default: 0, "Photos in a full turn; 0 takes as many as there are."),
        OptionField(
            "focal35", .number(0...1_200), default: .int(0),
            "35 mm equivalent of the focal length in millimetres; 0 takes what the photos say."),
        OptionField(
            "length", .number(0...30), default: .int(0),
            "Length of the car in metres, for the scale; 0 takes the wheelbase."),
        OptionField(
            "wheelbase", .number(0...12), default: .int(0),
            "Between the car's axles in metres, for the scale; 0 takes the usual size of cars."),
        OptionField("triangles", .integer(1_000...200_000), default: 50_000, "Triangles of the model at most."),
        OptionField("quality", .integer(30...100), default: 88, "JPEG quality of the texture."),
        OptionField(
            "precision", .choice(Arithmetic.allCases.map(\.rawValue)), default: "auto",
            "Of the mattes of photos without alpha: auto takes the machine's fast one, f32 gives the same bytes."),
        OptionField("colmap", .boolean, default: false, "Writes cameras and points as COLMAP's text files too."),
        OptionField(
            "sheet", .boolean, default: true, "Writes a picture of every photo with the model's outline on it."),
    ])
}

extension ReconstructOptions {
    var wished: Precision {
        switch precision {
        case .auto: .auto
        case .f32: .f32
        case .bf16: .bf16
        }
    }
}
