public import Pipeline

extension Backdrop {
    /// The studios that ship, as data. The first is the default.
    public static let presets: [Backdrop] = [
        Backdrop(
            name: "studio-light", wallTop: 0xFAFAFA, wallFoot: 0xEEEFF0, floorFar: 0xE2E3E5, floorNear: 0xF0F0F1,
            horizon: 0.56, sweep: 0.30,
            glow: StudioLight(colour: 0xFFFFFF, x: 0.5, y: 0.36, width: 0.5, height: 0.42, strength: 0.10),
            pool: StudioLight(colour: 0xFFFFFF, x: 0.5, y: 0.84, width: 0.42, height: 0.2, strength: 0.12),
            vignette: 0.10, shadow: Shadow(contact: 0.72, soft: 0.55, lightX: -0.3, colour: 0x121316)),
        Backdrop(
            name: "studio-grey", wallTop: 0xACAFB3, wallFoot: 0xC4C6C9, floorFar: 0x96989C, floorNear: 0xB0B2B5,
            horizon: 0.56, sweep: 0.26,
            glow: StudioLight(colour: 0xFFFFFF, x: 0.5, y: 0.40, width: 0.36, height: 0.34, strength: 0.16),
            pool: StudioLight(colour: 0xFFFFFF, x: 0.5, y: 0.84, width: 0.40, height: 0.18, strength: 0.16),
            vignette: 0.32, shadow: Shadow(contact: 0.78, soft: 0.60, lightX: -0.3, colour: 0x0C0D0F)),
        Backdrop(
            name: "studio-dark", wallTop: 0x161719, wallFoot: 0x2C2E31, floorFar: 0x1E1F21, floorNear: 0x303134,
            horizon: 0.56, sweep: 0.22,
            glow: StudioLight(colour: 0x969EA8, x: 0.5, y: 0.44, width: 0.30, height: 0.26, strength: 0.16),
            pool: StudioLight(colour: 0xAAAFB4, x: 0.5, y: 0.84, width: 0.36, height: 0.15, strength: 0.22),
            vignette: 0.55, shadow: Shadow(contact: 0.85, soft: 0.70, lightX: -0.25, colour: 0x040405)),
        Backdrop(
            name: "brand-teal", wallTop: 0x0A0A0A, wallFoot: 0x1A1E1E, floorFar: 0x141818, floorNear: 0x1A1A1A,
            horizon: 0.56, sweep: 0.16,
            glow: StudioLight(colour: 0x00D4D4, x: 0.5, y: 0.50, width: 0.36, height: 0.16, strength: 0.10),
            pool: StudioLight(colour: 0xA0C8C6, x: 0.5, y: 0.84, width: 0.36, height: 0.15, strength: 0.24),
            vignette: 0.50, shadow: Shadow(contact: 0.85, soft: 0.70, lightX: -0.25, colour: 0x030404)),
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
