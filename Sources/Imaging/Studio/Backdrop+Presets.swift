public import Pipeline

extension Backdrop {
    /// The studios that ship, as data. The first is the default.
    public static let presets: [Backdrop] = [
        Backdrop(
            name: "studio-light", wallTop: 0xF7F8F9, wallFoot: 0xF0F1F3, floorFar: 0xDEE0E3, floorNear: 0xEEEFF1,
            horizon: 0.56, sweep: 0.28,
            glow: StudioLight(colour: 0xFFFFFF, x: 0.5, y: 0.38, width: 0.46, height: 0.40, strength: 0.10),
            pool: StudioLight(colour: 0xFFFFFF, x: 0.5, y: 0.86, width: 0.44, height: 0.18, strength: 0.14),
            vignette: 0.12, shadow: Shadow(contact: 0.88, soft: 0.55, lightX: -0.3, colour: 0x121316)),
        Backdrop(
            name: "studio-grey", wallTop: 0x9EA2A7, wallFoot: 0xBABDC1, floorFar: 0x8A8D92, floorNear: 0xA6A9AD,
            horizon: 0.56, sweep: 0.24,
            glow: StudioLight(colour: 0xFFFFFF, x: 0.5, y: 0.40, width: 0.34, height: 0.32, strength: 0.16),
            pool: StudioLight(colour: 0xFFFFFF, x: 0.5, y: 0.86, width: 0.40, height: 0.17, strength: 0.18),
            vignette: 0.34, shadow: Shadow(contact: 0.88, soft: 0.60, lightX: -0.3, colour: 0x0C0D0F)),
        Backdrop(
            name: "studio-dark", wallTop: 0x141517, wallFoot: 0x2A2C30, floorFar: 0x1A1B1D, floorNear: 0x2C2D30,
            horizon: 0.56, sweep: 0.20,
            glow: StudioLight(colour: 0x96A0AC, x: 0.5, y: 0.45, width: 0.30, height: 0.24, strength: 0.16),
            pool: StudioLight(colour: 0xB0B6BE, x: 0.5, y: 0.87, width: 0.36, height: 0.15, strength: 0.22),
            vignette: 0.50, shadow: Shadow(contact: 0.90, soft: 0.70, lightX: -0.25, colour: 0x040405)),
        Backdrop(
            name: "brand-teal", wallTop: 0x0A0C0C, wallFoot: 0x141E1E, floorFar: 0x0E1212, floorNear: 0x181A1A,
            horizon: 0.56, sweep: 0.14,
            glow: StudioLight(colour: 0x00D4D4, x: 0.5, y: 0.52, width: 0.34, height: 0.15, strength: 0.16),
            pool: StudioLight(colour: 0x96B8B6, x: 0.5, y: 0.87, width: 0.34, height: 0.13, strength: 0.17),
            vignette: 0.45, shadow: Shadow(contact: 0.90, soft: 0.70, lightX: -0.25, colour: 0x030404)),
    ]

    /// The presets' names, for option schemas.
    public static let names: [String] = presets.map(\.name)

    /// The preset of a name.
    ///
    /// - Throws: `invalidOptions` with the names there are.
    public static func named(_ name: String) throws(Failure) -> Backdrop {
        guard let backdrop = presets.first(where: { $0.name == name }) else {
            throw Failure(
                .invalidOptions, "There is no backdrop \(name).",
                hint: "Backdrops are: \(names.joined(separator: ", ")).")
        }
        return backdrop
    }
}
