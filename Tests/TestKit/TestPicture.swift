internal import Foundation
public import Imaging
public import Pipeline

/// Pictures with known content, made from formulas.
public enum TestPicture {
    /// Smooth colour gradients with a bright block, so that orientation and colour mistakes show; 3 channels.
    public static func scene(width: Int, height: Int) throws(Failure) -> Bitmap {
        try make(width: width, height: height, channels: 3) { x, y, pixel in
            let (u, v) = (Double(x) / Double(max(width - 1, 1)), Double(y) / Double(max(height - 1, 1)))
            let wave = 24 * sin(9 * u + 5 * v)
            pixel[0] = byte(40 + 170 * u + wave)
            pixel[1] = byte(50 + 150 * v - wave)
            pixel[2] = byte(200 - 120 * u * v)
            if u < 0.25 && v < 0.25 { (pixel[0], pixel[1], pixel[2]) = (230, 30, 30) }
        }
    }

    /// A red disc with a soft edge, its middle at the given share of width and height; 4 channels.
    public static func disc(
        width: Int, height: Int, x centreX: Double = 0.5, y centreY: Double = 0.5, radius: Double = 0.3
    ) throws(Failure) -> Bitmap {
        try make(width: width, height: height, channels: 4) { x, y, pixel in
            let distance = hypot(Double(x) + 0.5 - centreX * Double(width), Double(y) + 0.5 - centreY * Double(height))
            (pixel[0], pixel[1], pixel[2]) = (210, 40, 30)
            pixel[3] = byte(255 * (radius * Double(min(width, height)) - distance + 0.5))
        }
    }

    /// One colour.
    public static func plain(width: Int, height: Int, _ values: [UInt8]) throws(Failure) -> Bitmap {
        try make(width: width, height: height, channels: values.count) { _, _, pixel in
            for channel in values.indices { pixel[channel] = values[channel] }
        }
    }

    /// Any picture by a formula of its pixel.
    public static func make(
        width: Int, height: Int, channels: Int, _ body: (Int, Int, UnsafeMutablePointer<UInt8>) -> Void
    ) throws(Failure) -> Bitmap {
        var pixels = [UInt8](repeating: 0, count: width * height * channels)
        pixels.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for y in 0..<height {
                for x in 0..<width { body(x, y, base + (y * width + x) * channels) }
            }
        }
        return try Bitmap(pixels: pixels, width: width, height: height, channels: channels)
    }

    private static func byte(_ value: Double) -> UInt8 { UInt8(min(255, max(0, value.rounded()))) }
}

extension Bitmap {
    /// The channels of one pixel.
    public func pixel(_ x: Int, _ y: Int) -> [UInt8] {
        withPixels { pixels in (0..<channels).map { pixels[(y * width + x) * channels + $0] } }
    }

    /// The largest difference of any sample; 256 when the shapes differ.
    public func largestDifference(to other: Bitmap) -> Int {
        guard width == other.width, height == other.height, channels == other.channels else { return 256 }
        return withPixels { mine in
            other.withPixels { theirs in
                zip(mine, theirs).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
            }
        }
    }

    /// Decibels over all samples; 0 when the shapes differ, 99 when they are equal.
    public func peakSignalToNoise(to other: Bitmap) -> Double {
        guard width == other.width, height == other.height, channels == other.channels else { return 0 }
        let sum = withPixels { mine in
            other.withPixels { theirs in
                zip(mine, theirs).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
            }
        }
        return sum == 0 ? 99 : 10 * log10(255 * 255 * Double(width * height * channels) / sum)
    }
}
