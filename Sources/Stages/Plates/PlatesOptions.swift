public import Imaging
public import Pipeline

/// How number plates are found and covered, and what is told of them.
public struct PlatesOptions: StageOptions {
    public var treatment = PlateTreatment.blur
    /// Of all plates but the largest, which is the photographed car's.
    public var others = Others.same
    /// `#RRGGBB` of `solid`; empty takes the plate's own light.
    public var colour = ""
    /// What `logo` writes on plates; empty takes the picture in the slot `logo`.
    public var name = ""
    /// Reads the plates too; needs the permission `plates:text`.
    public var text = false
    /// Who looks for plates.
    public var detector = Detector.rundum
    /// The mark of suspects that a person looked at: none of them is a plate.
    public var approve = ""
    /// The mark of suspects that a person looked at: they are covered too.
    public var cover = ""
    public var format = Format.jpeg
    /// Of JPEG and WebP.
    public var quality = 95
    public var precision = Arithmetic.auto

    public enum Others: String, Sendable, Codable, CaseIterable { case same, blur }
    public enum Detector: String, Sendable, Codable, CaseIterable { case rundum, own, both }
    public enum Format: String, Sendable, Codable, CaseIterable { case jpeg, png, webp }
    public enum Arithmetic: String, Sendable, Codable, CaseIterable { case auto, f32, bf16 }

    public init() {}

    public static let schema = OptionsSchema([
        OptionField(
            "treatment", .choice(PlateTreatment.allCases.map(\.rawValue)), default: "blur",
            "What plates are covered with: their blurred light, tiles of it, one colour, or a dealer's plate."),
        OptionField(
            "others", .choice(Others.allCases.map(\.rawValue)), default: "same",
            "Plates of other cars: covered with the same, or blurred."),
        OptionField(
            "colour", .string(maxLength: 7), default: "",
            "Colour of solid covers as #RRGGBB; empty takes the plate's own light."),
        OptionField(
            "name", .string(maxLength: 32), default: "",
            "What a dealer's plate says, up to 24 letters; empty takes the picture in the input logo."),
        OptionField(
            "text", .boolean, default: false,
            "Tells what the plates say; over HTTP the key needs the scope plates:text."),
        OptionField(
            "detector", .choice(Detector.allCases.map(\.rawValue)), default: "rundum",
            "Who looks for plates: Rundum, a detector of your own (docs/plates.md), or both."),
        OptionField(
            "approve", .string(maxLength: 16), default: "",
            "The mark of a review: nothing that was marked there is a plate."),
        OptionField(
            "cover", .string(maxLength: 16), default: "",
            "The mark of a review: what was marked there is covered too."),
        OptionField(
            "format", .choice(Format.allCases.map(\.rawValue)), default: "jpeg",
            "File format of the picture; png and webp are lossless."),
        OptionField("quality", .integer(30...100), default: 95, "JPEG quality."),
        OptionField(
            "precision", .choice(Arithmetic.allCases.map(\.rawValue)), default: "auto",
            "auto takes the machine's fast one; f32 gives the same bytes with any number of threads."),
    ])

    var wished: Precision {
        switch precision {
        case .auto: .auto
        case .f32: .f32
        case .bf16: .bf16
        }
    }

    /// What the schema can't say.
    func check() throws(Failure) {
        guard !text || detector != .own else {
            throw Failure(
                .invalidOptions, "A detector of your own does not read.", hint: "Set detector=both, or leave text out.")
        }
        guard colour.isEmpty || solidColour != nil else {
            throw Failure(.invalidOptions, "The option colour must be a colour such as #2A9D8F, not \(colour).")
        }
        guard colour.isEmpty || treatment == .solid else {
            throw Failure(.invalidOptions, "The option colour is for solid covers.", hint: "Set treatment=solid.")
        }
        guard name.isEmpty || treatment == .logo else {
            throw Failure(.invalidOptions, "The option name is for a dealer's plate.", hint: "Set treatment=logo.")
        }
        if !name.isEmpty { _ = try Bitmap.namePlate(name) }
        for (key, mark) in [("approve", approve), ("cover", cover)] {
            guard mark.isEmpty || ReviewMark(mark) != nil else {
                throw Failure(.invalidOptions, "The option \(key) must be a review's mark of 12 hexadecimal digits.")
            }
        }
        guard approve.isEmpty || approve != cover else {
            throw Failure(.invalidOptions, "The options approve and cover say two things of the same review.")
        }
    }

    var solidColour: Colour? {
        colour.isEmpty ? nil : StudioColour(hex: colour).map { Colour(UInt8($0.red), UInt8($0.green), UInt8($0.blue)) }
    }
}
