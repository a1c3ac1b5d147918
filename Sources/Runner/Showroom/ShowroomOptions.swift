internal import Imaging
internal import Pipeline
internal import Stages

/// What a showroom can be told; the same on the command line and over HTTP.
struct ShowroomOptions: StageOptions {
    /// What number plates are covered with, or `keep`.
    var plates = "blur"
    var otherPlates = "same"
    /// Of `solid` and of `logo`.
    var plateColour = "", plateName = ""
    /// A stored picture for `logo`, by its SHA-256.
    var plateLogo = ""
    /// Who looks for plates.
    var plateDetector = "rundum"
    /// What a person decided about photos that waited: slot and mark, see `PlateDecisions`.
    var approve: [String] = [], cover: [String] = []
    var backdrop = "studio-light"
    var model = "u2net"
    var precision = "auto"
    var shadow = true
    /// Names of renditions.
    var profiles = ["listing", "thumbnail"]
    /// Makes a 3D model where there are photos enough.
    var reconstruct = true
    /// Of the background picture; nil takes what is known of it.
    var floorLine, lightX: Double?

    /// Leaves plates as they are.
    static let keptPlates = "keep"

    static let schema = OptionsSchema([
        OptionField(
            "plates", .choice(PlateTreatment.allCases.map(\.rawValue) + [keptPlates]), default: "blur",
            "What number plates are covered with before anything else is made; keep leaves them as they are."),
        OptionField(
            "otherPlates", .choice(PlatesOptions.Others.allCases.map(\.rawValue)), default: "same",
            "Plates of other cars: covered with the same, or blurred."),
        OptionField(
            "plateColour", .string(maxLength: 7), default: "",
            "Colour of solid covers as #RRGGBB; empty takes the plate's own light."),
        OptionField(
            "plateName", .string(maxLength: 32), default: "", "What a dealer's plate says, with plates=logo."),
        OptionField(
            "plateLogo", .string(maxLength: 64), default: "",
            "A stored picture (its SHA-256) to hang with plates=logo, for recipes; an input logo goes before it."),
        OptionField(
            "plateDetector", .choice(PlatesOptions.Detector.allCases.map(\.rawValue)), default: "rundum",
            "Who looks for plates: Rundum, a detector of your own (docs/plates.md), or both."),
        OptionField(
            "approve", .strings(allowed: nil), default: .array([]),
            "Photos that waited and on which nothing marked is a plate, as the review page names them."),
        OptionField(
            "cover", .strings(allowed: nil), default: .array([]),
            "Photos that waited and on which what is marked shall be covered, as the review page names them."),
        OptionField(
            "backdrop", .background(Backdrop.names), default: "studio-light",
            "The studio that the car is put in, or a background of your own."),
        OptionField(
            "model", .choice(["u2net", "u2netp"]), default: "u2net", "The network: u2net is best, u2netp fast."),
        OptionField(
            "precision", .choice(["auto", "f32", "bf16"]), default: "auto",
            "auto takes the machine's fast one; f32 is exact, with the same bytes for any number of threads."),
        OptionField("shadow", .boolean, default: true, "Casts shadows on the floor."),
        OptionField(
            "profiles", RenditionsOptions.schema["profiles"]?.type ?? .strings(allowed: nil),
            default: ["listing", "thumbnail"], "The sizes that are made of each studio picture."),
        OptionField("reconstruct", .boolean, default: true, "Makes a textured 3D model of 4 photos or more."),
        OptionField(
            "floorLine", .number(0.4...0.98), default: .null,
            "Where wheels stand on a background of your own, as a fraction of its height from the top."),
        OptionField(
            "lightX", .number(-1...1), default: .null,
            "Where the light of a background of your own comes from, -1 left to 1 right."),
    ])
}
