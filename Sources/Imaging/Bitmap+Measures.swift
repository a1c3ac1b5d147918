internal import CVShim
internal import Foundation
public import Pipeline

extension Bitmap {
    /// The smallest box around every sample of at least `threshold` of a 1-channel picture; nil when there is none.
    public func bounds(threshold: UInt8 = 128) throws(Failure) -> PixelBox? {
        var box = CVSBox()
        try checkShim { error in cvs_bounds(handle, threshold, &box, error) }
        guard box.width > 0 else { return nil }
        return PixelBox(x: Int(box.x), y: Int(box.y), width: Int(box.width), height: Int(box.height))
    }

    /// Mean structural similarity of the lumas of two pictures of equal size, -1...1 (Wang et al. 2004, Gaussian window).
    ///
    /// Alpha is flattened over white in both.
    public func similarity(to other: Bitmap) throws(Failure) -> Double {
        var value = 0.0
        try withExtendedLifetime(other) { () throws(Failure) in
            try checkShim { error in cvs_ssim(handle, other.handle, &value, error) }
        }
        return value
    }

    /// The most frequent colour: the fullest of 16 x 16 x 16 cells of colour space, then the mean inside it.
    ///
    /// Pixels count by their alpha; a picture that is wholly transparent is white.
    public func dominantColour() throws(Failure) -> Colour {
        let small = try thumbnail(maxSide: 64).converted(channels: 4)
        var cells = [Int: (weight: Int, red: Int, green: Int, blue: Int)]()
        small.withPixels { pixels in
            for i in stride(from: 0, to: pixels.count, by: 4) where pixels[i + 3] > 0 {
                let (red, green, blue, weight) = (
                    Int(pixels[i]), Int(pixels[i + 1]), Int(pixels[i + 2]), Int(pixels[i + 3])
                )
                var cell = cells[(red >> 4) << 8 | (green >> 4) << 4 | blue >> 4] ?? (0, 0, 0, 0)
                cell.weight += weight
                cell.red += weight * red
                cell.green += weight * green
                cell.blue += weight * blue
                cells[(red >> 4) << 8 | (green >> 4) << 4 | blue >> 4] = cell
            }
        }
        let fullest = cells.max { ($0.value.weight, $1.key) < ($1.value.weight, $0.key) }
        guard let cell = fullest?.value else { return .white }
        return Colour(
            UInt8(clamping: cell.red / cell.weight), UInt8(clamping: cell.green / cell.weight),
            UInt8(clamping: cell.blue / cell.weight))
    }

    /// Shrunk by exact means so that no side is longer than `maxSide`; never enlarged.
    func thumbnail(maxSide: Int) throws(Failure) -> Bitmap {
        let scale = min(1, Double(maxSide) / Double(max(width, height)))
        return try resized(
            width: max(1, Int((Double(width) * scale).rounded())),
            height: max(1, Int((Double(height) * scale).rounded())),
            filter: .area)
    }
}

extension Colour {
    /// `#rrggbb` in lower case.
    public var hex: String { String(format: "#%02x%02x%02x", red, green, blue) }

    /// From `#rrggbb`; nil for anything else.
    public init?(hex: String) {
        guard hex.count == 7, hex.hasPrefix("#"), hex.dropFirst().allSatisfy(\.isHexDigit),
            let value = UInt32(hex.dropFirst(), radix: 16)
        else { return nil }
        self.init(UInt8(value >> 16), UInt8(value >> 8 & 255), UInt8(value & 255))
    }
}
