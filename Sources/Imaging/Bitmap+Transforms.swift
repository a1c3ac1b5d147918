internal import CVShim
public import Pipeline

/// An sRGB colour; `alpha` counts only where a result has alpha.
public struct Colour: Sendable, Equatable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8
    public var alpha: UInt8

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8, alpha: UInt8 = 255) {
        (self.red, self.green, self.blue, self.alpha) = (red, green, blue, alpha)
    }

    public static let white = Colour(255, 255, 255)
    public static let black = Colour(0, 0, 0)
    public static let clear = Colour(0, 0, 0, alpha: 0)

    var shim: CVSColour { CVSColour(r: red, g: green, b: blue, a: alpha) }
}

extension Bitmap {
    /// How a picture is resampled.
    public enum Filter: Sendable {
        /// Exact means when shrinking, no ringing.
        case area
        /// Lanczos with 3 lobes: sharpest, overshoots a little beside hard edges.
        case lanczos
        /// Smooth, never overshoots; for masks.
        case linear
    }

    /// Resampled to exactly `width` x `height`, colour weighted by alpha; the same bits on every CPU.
    public func resized(
        width: Int, height: Int, filter: Filter = .lanczos, cancel: CancelFlag? = nil
    ) throws(Failure) -> Bitmap {
        try Bitmap.make(cancel: cancel) { cancel, out, error in
            cvs_resize(handle, Int32(clamping: width), Int32(clamping: height), filter.shim, cancel, out, error)
        }
    }

    /// The rectangle, which must lie inside the picture.
    public func cropped(x: Int, y: Int, width: Int, height: Int) throws(Failure) -> Bitmap {
        try Bitmap.make { _, out, error in
            cvs_crop(
                handle, Int32(clamping: x), Int32(clamping: y), Int32(clamping: width), Int32(clamping: height), out,
                error)
        }
    }

    /// The picture at (x, y) of a canvas of one colour; all of it must fit. Grey pictures take the colour's red.
    public func padded(x: Int, y: Int, width: Int, height: Int, colour: Colour) throws(Failure) -> Bitmap {
        try Bitmap.make { _, out, error in
            cvs_pad(
                handle, Int32(clamping: x), Int32(clamping: y), Int32(clamping: width), Int32(clamping: height),
                colour.shim, out, error)
        }
    }

    /// Composited over one colour: 3 channels. A picture without alpha comes back as it is.
    public func flattened(over colour: Colour = .white) throws(Failure) -> Bitmap {
        try Bitmap.make { _, out, error in cvs_flatten(handle, colour.shim, out, error) }
    }

    /// With 1 (BT.601 luma), 3 or 4 channels; alpha that has no place is flattened over white.
    public func converted(channels: Int) throws(Failure) -> Bitmap {
        try Bitmap.make { _, out, error in cvs_convert(handle, Int32(clamping: channels), out, error) }
    }

    /// One channel as a grey picture: 0 red or grey, 1 green, 2 blue, 3 alpha.
    public func channel(_ index: Int) throws(Failure) -> Bitmap {
        try Bitmap.make { _, out, error in cvs_extract(handle, Int32(clamping: index), out, error) }
    }

    /// Left for right.
    public func mirrored() throws(Failure) -> Bitmap {
        try Bitmap.make { _, out, error in cvs_mirror(handle, out, error) }
    }

    /// These colours with `alpha` (1 channel, equal size) as straight alpha; an earlier alpha is replaced.
    public func withAlpha(_ alpha: Bitmap) throws(Failure) -> Bitmap {
        try withExtendedLifetime(alpha) { () throws(Failure) in
            try Bitmap.make { _, out, error in cvs_with_alpha(handle, alpha.handle, out, error) }
        }
    }

    /// A copy with `over` composited at (x, y); it may lie partly outside. The channels stay those of this picture.
    public func pasting(_ over: Bitmap, x: Int, y: Int) throws(Failure) -> Bitmap {
        try withExtendedLifetime(over) { () throws(Failure) in
            try Bitmap.make { _, out, error in
                cvs_paste(handle, over.handle, Int32(clamping: x), Int32(clamping: y), out, error)
            }
        }
    }
}

extension Bitmap.Filter {
    fileprivate var shim: CVSFilter {
        switch self {
        case .area: .area
        case .lanczos: .lanczos
        case .linear: .linear
        }
    }
}
