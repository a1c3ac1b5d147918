internal import Imaging
internal import Pipeline
internal import Stages

/// What a showroom can be told; the same on the command line and over HTTP.
struct ShowroomOptions: StageOptions {
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

    static let schema = OptionsSchema([
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
