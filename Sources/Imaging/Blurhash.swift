internal import Foundation
public import Pipeline

/// A picture's blurred likeness in about 28 characters, shown while the picture loads.
///
/// Cosine components of the linear-light colours, quantised and written in base 83, as the public description of
/// BlurHash by Dag Ågren (Wolt, 2018) lays down; any client library decodes it.
public enum Blurhash {
    /// The hash of a picture flattened over white: 4 x 3 components, 3 x 4 when it is upright.
    public static func of(_ picture: Bitmap) throws(Failure) -> String {
        let small = try picture.thumbnail(maxSide: 32).converted(channels: 3)
        let upright = picture.height > picture.width
        return encode(small, across: upright ? 3 : 4, down: upright ? 4 : 3)
    }

    static func encode(_ picture: Bitmap, across: Int, down: Int) -> String {
        let factors = components(picture, across: across, down: down)
        let rest = factors.dropFirst()
        let largest = rest.map { max(abs($0.red), abs($0.green), abs($0.blue)) }.max() ?? 0
        let quantised = max(0, min(82, Int(largest * 166 - 0.5)))
        let scale = Double(quantised + 1) / 166

        var hash = base83(across - 1 + (down - 1) * 9, digits: 1) + base83(rest.isEmpty ? 0 : quantised, digits: 1)
        let mean = factors[0]
        hash += base83(byte(mean.red) << 16 | byte(mean.green) << 8 | byte(mean.blue), digits: 4)
        for factor in rest {
            let steps = [factor.red, factor.green, factor.blue].map { step($0 / scale) }
            hash += base83((steps[0] * 19 + steps[1]) * 19 + steps[2], digits: 2)
        }
        return hash
    }

    private struct Light {
        var red = 0.0
        var green = 0.0
        var blue = 0.0
    }

    private static func components(_ picture: Bitmap, across: Int, down: Int) -> [Light] {
        let (width, height) = (picture.width, picture.height)
        let linear = (0...255).map { linearise(Double($0) / 255) }
        let columns = cosines(across, width)
        let rows = cosines(down, height)
        var factors = [Light](repeating: Light(), count: across * down)
        picture.withPixels { pixels in
            for y in 0..<height {
                for x in 0..<width {
                    let at = (y * width + x) * 3
                    let (red, green, blue) = (
                        linear[Int(pixels[at])], linear[Int(pixels[at + 1])], linear[Int(pixels[at + 2])]
                    )
                    for j in 0..<down {
                        for i in 0..<across {
                            let basis = columns[i][x] * rows[j][y]
                            factors[j * across + i].red += basis * red
                            factors[j * across + i].green += basis * green
                            factors[j * across + i].blue += basis * blue
                        }
                    }
                }
            }
        }
        return factors.enumerated().map { index, factor in
            let scale = (index == 0 ? 1.0 : 2.0) / Double(width * height)
            return Light(red: factor.red * scale, green: factor.green * scale, blue: factor.blue * scale)
        }
    }

    /// Sampled at pixel centres, so that a plain picture has no contrast at all.
    private static func cosines(_ count: Int, _ length: Int) -> [[Double]] {
        (0..<count).map { i in (0..<length).map { cos(.pi * Double(i) * (Double($0) + 0.5) / Double(length)) } }
    }

    private static func linearise(_ value: Double) -> Double {
        value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }

    private static func byte(_ linear: Double) -> Int {
        let value = min(1, max(0, linear))
        let encoded = value <= 0.0031308 ? value * 12.92 : 1.055 * pow(value, 1 / 2.4) - 0.055
        return Int(encoded * 255 + 0.5)
    }

    /// A signed share to one of 19 steps, finer near 0.
    private static func step(_ value: Double) -> Int {
        let root = (value < 0 ? -1.0 : 1.0) * abs(value).squareRoot()
        return max(0, min(18, Int((root * 9 + 9.5).rounded(.down))))
    }

    private static let alphabet = Array(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~")

    private static func base83(_ value: Int, digits: Int) -> String {
        var (left, text) = (value, "")
        for _ in 0..<digits {
            text = String(alphabet[left % 83]) + text
            left /= 83
        }
        return text
    }
}
