internal import CVShim
public import Pipeline

/// An 8-bit picture owned by the C++ side: 1 channel (grey, mask), 3 (sRGB) or 4 (sRGB and straight alpha). Immutable.
// @unchecked: the handle is only read after `init`, the picture behind it never changes, and `deinit` frees it once.
public final class Bitmap: @unchecked Sendable {
    /// The shim's picture, for the other face of CVShim.
    package let handle: OpaquePointer

    package init(owning handle: OpaquePointer) { self.handle = handle }
    deinit { cvs_image_destroy(handle) }

    public var width: Int { Int(cvs_image_width(handle)) }
    public var height: Int { Int(cvs_image_height(handle)) }
    public var channels: Int { Int(cvs_image_channels(handle)) }

    /// Copies `pixels` (rows top to bottom, channels interleaved, width x height x channels bytes).
    public convenience init(pixels: [UInt8], width: Int, height: Int, channels: Int) throws(Failure) {
        let handle = try callShim { out, error in
            pixels.withUnsafeBufferPointer {
                guard let base = $0.baseAddress else { return .badArgument }
                return cvs_image_create(
                    base, $0.count, Int32(clamping: width), Int32(clamping: height), Int32(clamping: channels), out,
                    error)
            }
        }
        self.init(owning: handle)
    }

    /// The bytes, valid inside `body` only.
    public func withPixels<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        try withExtendedLifetime(self) {
            try body(UnsafeBufferPointer(start: cvs_image_pixels(handle), count: width * height * channels))
        }
    }
}
