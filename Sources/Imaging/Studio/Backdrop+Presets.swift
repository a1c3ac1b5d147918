public import Pipeline

extension Backdrop {
    /// The studios that ship, as data. The first is the default. A change to one raises its version.
    public static let presets: [Backdrop] = [light, white, grey, dark, concrete, gloss, brand, teal]

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

    /// The default: a pale sweep, lit from the left.
    private static let light = Backdrop(
        name: "studio-light", version: 2, wallTop: 0xF4F5F6, wallFoot: 0xE9EBED, floorFar: 0xD3D5D8,
        floorNear: 0xE3E4E6, horizon: 0.55, sweep: 0.22,
        glow: StudioLight(colour: 0xFFFFFF, x: 0.46, y: 0.3, width: 0.5, height: 0.34, strength: 0.16),
        pool: StudioLight(colour: 0xFFFFFF, x: 0.47, y: 0.84, width: 0.46, height: 0.16, strength: 0.16),
        vignette: 0.2, wallGrain: 0.012, floorGrain: 0.03,
        floor: FloorLook(
            contact: 0.92, soft: 0.62, lightX: -0.4, lightHeight: 0.65, colour: 0x101114, mirror: 0.06, roughness: 0.7))

    /// Nearly white all over, for portals that ask for it.
    private static let white = Backdrop(
        name: "studio-white", version: 1, wallTop: 0xFCFCFC, wallFoot: 0xFAFAFB, floorFar: 0xF1F2F3,
        floorNear: 0xF7F8F8, horizon: 0.56, sweep: 0.34,
        glow: StudioLight(colour: 0xFFFFFF, x: 0.5, y: 0.36, width: 0.5, height: 0.4, strength: 0.06),
        pool: StudioLight(colour: 0xFFFFFF, x: 0.5, y: 0.85, width: 0.5, height: 0.2, strength: 0.06),
        vignette: 0.05, wallGrain: 0.004, floorGrain: 0.01,
        floor: FloorLook(
            contact: 0.9, soft: 0.5, lightX: 0, lightHeight: 0.85, colour: 0x14161A, mirror: 0.1, roughness: 0.5))

    /// A mid-grey sweep with darker corners.
    private static let grey = Backdrop(
        name: "studio-grey", version: 2, wallTop: 0x83878C, wallFoot: 0xB3B6BA, floorFar: 0x85888D,
        floorNear: 0x9A9DA1, horizon: 0.55, sweep: 0.16,
        glow: StudioLight(colour: 0xFFFFFF, x: 0.42, y: 0.38, width: 0.36, height: 0.3, strength: 0.2),
        pool: StudioLight(colour: 0xFFFFFF, x: 0.46, y: 0.85, width: 0.42, height: 0.15, strength: 0.16),
        vignette: 0.38, wallGrain: 0.018, floorGrain: 0.05,
        floor: FloorLook(
            contact: 0.92, soft: 0.68, lightX: -0.4, lightHeight: 0.6, colour: 0x0C0D0F, mirror: 0.08, roughness: 0.7))

    /// Dark wall with three dim panels, and a polished floor.
    private static let dark = Backdrop(
        name: "studio-dark", version: 2, wallTop: 0x101113, wallFoot: 0x26282C, floorFar: 0x202226,
        floorNear: 0x2C2E32, horizon: 0.53, sweep: 0.1,
        glow: StudioLight(colour: 0x98A2AE, x: 0.44, y: 0.4, width: 0.36, height: 0.24, strength: 0.1),
        pool: StudioLight(colour: 0xB4BAC2, x: 0.47, y: 0.86, width: 0.42, height: 0.14, strength: 0.13),
        vignette: 0.5, panels: LightPanels(count: 3, strength: 0.045, top: 0.1, foot: 0.44, softness: 0.05),
        wallGrain: 0.03, floorGrain: 0.09,
        floor: FloorLook(
            contact: 0.92, soft: 0.72, lightX: -0.3, lightHeight: 0.7, colour: 0x040405, mirror: 0.26, roughness: 0.45))

    /// A hall with panels of light, on concrete, lit from the right.
    private static let concrete = Backdrop(
        name: "showroom-concrete", version: 1, wallTop: 0xC9C8C4, wallFoot: 0xDEDCD8, floorFar: 0xA3A19D,
        floorNear: 0xB4B2AE, horizon: 0.52, sweep: 0.03,
        glow: StudioLight(colour: 0xFFFFFF, x: 0.66, y: 0.3, width: 0.4, height: 0.34, strength: 0.12),
        pool: StudioLight(colour: 0xFFFFFF, x: 0.56, y: 0.84, width: 0.44, height: 0.15, strength: 0.1),
        vignette: 0.26, panels: LightPanels(count: 4, strength: 0.1, top: 0.06, foot: 0.43, softness: 0.015),
        wallGrain: 0.02, floorGrain: 0.11,
        floor: FloorLook(
            contact: 0.92, soft: 0.68, lightX: 0.4, lightHeight: 0.55, colour: 0x0E0D0C, mirror: 0.12, roughness: 0.8))

    /// A bright hall on a polished floor.
    private static let gloss = Backdrop(
        name: "showroom-gloss", version: 1, wallTop: 0xD9DCE0, wallFoot: 0xECEEF0, floorFar: 0xAFB3B8,
        floorNear: 0xC2C5C9, horizon: 0.5, sweep: 0.035,
        glow: StudioLight(colour: 0xFFFFFF, x: 0.5, y: 0.28, width: 0.46, height: 0.34, strength: 0.1),
        pool: StudioLight(colour: 0xFFFFFF, x: 0.5, y: 0.85, width: 0.45, height: 0.16, strength: 0.1),
        vignette: 0.22, panels: LightPanels(count: 5, strength: 0.16, top: 0.05, foot: 0.4, softness: 0.02),
        wallGrain: 0.008, floorGrain: 0.02,
        floor: FloorLook(
            contact: 0.9, soft: 0.55, lightX: 0.2, lightHeight: 0.8, colour: 0x121316, mirror: 0.36, roughness: 0.25))

    /// The brand: turquoise, mint and gold on near-black, with a line of light.
    private static let brand = Backdrop(
        name: "brand", version: 1, wallTop: 0x0A0A0A, wallFoot: 0x1A1A1A, floorFar: 0x141616,
        floorNear: 0x1A1A1A, horizon: 0.5, sweep: 0.03,
        glow: StudioLight(colour: 0x2A9D8F, x: 0.4, y: 0.46, width: 0.4, height: 0.26, strength: 0.3),
        pool: StudioLight(colour: 0xD4AF37, x: 0.52, y: 0.86, width: 0.4, height: 0.12, strength: 0.1),
        vignette: 0.45, line: LightLine(left: 0x00D4D4, right: 0x00FF88, strength: 0.75), wallGrain: 0.03,
        floorGrain: 0.08,
        floor: FloorLook(
            contact: 0.92, soft: 0.7, lightX: -0.25, lightHeight: 0.75, colour: 0x030404, mirror: 0.3, roughness: 0.4))

    /// The brand, quieter: turquoise on near-black.
    private static let teal = Backdrop(
        name: "brand-teal", version: 2, wallTop: 0x0A0A0A, wallFoot: 0x141E1E, floorFar: 0x101414,
        floorNear: 0x1A1A1A, horizon: 0.54, sweep: 0.1,
        glow: StudioLight(colour: 0x00D4D4, x: 0.5, y: 0.48, width: 0.36, height: 0.18, strength: 0.16),
        pool: StudioLight(colour: 0x96B8B6, x: 0.5, y: 0.87, width: 0.36, height: 0.13, strength: 0.14),
        vignette: 0.45, wallGrain: 0.03, floorGrain: 0.08,
        floor: FloorLook(
            contact: 0.92, soft: 0.7, lightX: -0.25, lightHeight: 0.75, colour: 0x030404, mirror: 0.22, roughness: 0.45)
    )
}
