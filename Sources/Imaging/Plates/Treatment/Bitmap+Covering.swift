internal import CVShim
public import Pipeline

extension Bitmap {
    /// A copy of this photo (3 channels) with every plate covered, and a margin of 8 % of its height and a pixel
    /// around each. Pixels farther off are the photo's own.
    ///
    /// - Parameter logo: what `logo` shows: 3 or 4 channels.
    /// - Throws: `internalError` for a logo that is missing; `cancelled`.
    public func covering(
        _ covers: [PlateCover], logo: Bitmap? = nil, cancel: CancelFlag? = nil
    ) throws(Failure) -> Bitmap {
        let wire = covers.map(\.shim)
        return try withExtendedLifetime(logo) { () throws(Failure) in
            try Bitmap.make(cancel: cancel) { cancel, out, error in
                wire.withUnsafeBufferPointer {
                    cvs_cover(handle, $0.baseAddress, Int32(clamping: $0.count), logo?.handle, cancel, out, error)
                }
            }
        }
    }

    /// A copy of this photo with all of these plates covered alike.
    public func covering(
        _ quads: [PlateQuad], with treatment: PlateTreatment, logo: Bitmap? = nil, cancel: CancelFlag? = nil
    ) throws(Failure) -> Bitmap {
        try covering(quads.map { PlateCover($0, with: treatment) }, logo: logo, cancel: cancel)
    }

    /// A dealer's plate with a name on it: dark letters on white, 1040 x 220 pixels.
    ///
    /// - Throws: `invalidOptions` for more than 24 letters, for none, and for others than ASCII's and German ones.
    public static func namePlate(_ name: String) throws(Failure) -> Bitmap {
        do { return try Bitmap.make { _, out, error in name.withCString { cvs_draw_name($0, out, error) } } } catch {
            guard error.code == .internalError else { throw error }
            throw Failure(
                .invalidOptions, "The name \(name.debugDescription) can't be drawn.",
                hint: "Up to 24 letters, digits and signs of English and German are drawn; give others as a picture.",
                detail: error.detail)
        }
    }

    /// A copy of this picture (3 channels) with the outlines of places drawn into it.
    ///
    /// - Parameter thickness: of the lines, 1...64 pixels.
    public func outlining(_ quads: [PlateQuad], in colour: Colour, thickness: Int) throws(Failure) -> Bitmap {
        let corners = quads.flatMap { $0.corners.flatMap { [$0.x, $0.y] } }
        return try Bitmap.make { _, out, error in
            corners.withUnsafeBufferPointer {
                cvs_outline(
                    handle, $0.baseAddress, Int32(clamping: quads.count), colour.shim, Int32(clamping: thickness), out,
                    error)
            }
        }
    }
}

extension PlateCover {
    var shim: CVSCover {
        let corner = quad.corners.flatMap { [$0.x, $0.y] }
        return CVSCover(
            corners: (
                corner[0], corner[1], corner[2], corner[3], corner[4], corner[5], corner[6], corner[7]
            ), kind: treatment.shim, has_colour: colour != nil, colour: (colour ?? .white).shim)
    }
}

extension PlateTreatment {
    fileprivate var shim: CVSCoverKind {
        switch self {
        case .blur: .blur
        case .pixelate: .pixelate
        case .solid: .solid
        case .logo: .logo
        }
    }
}
