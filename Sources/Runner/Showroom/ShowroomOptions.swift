internal import Pipeline

/// What a showroom can be told; the same on the command line and over HTTP.
struct ShowroomOptions: StageOptions {
    var backdrop = "studio-light"
    var model = "u2net"
    var precision = "auto"

    static let schema = OptionsSchema([
        OptionField("backdrop", .string(maxLength: 40), default: "studio-light", "The studio that the car is put in."),
        OptionField(
            "model", .choice(["u2net", "u2netp"]), default: "u2net", "The network: u2net is best, u2netp fast."),
        OptionField(
            "precision", .choice(["auto", "f32", "bf16"]), default: "auto",
            "auto takes the machine's fast one; f32 is exact, with the same bytes for any number of threads."),
    ])
}
