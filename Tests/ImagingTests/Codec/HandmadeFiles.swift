import Foundation

/// Files written byte by byte, with what our own encoder would never write: EXIF, odd headers, bombs.
enum Handmade {
    static func big(_ value: Int, bytes: Int) -> Data {
        Data((0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
    }

    static func little(_ value: Int, bytes: Int) -> Data {
        Data((0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
    }

    // MARK: PNG

    static func pngChunk(_ type: String, _ body: Data) -> Data {
        let named = Data(type.utf8) + body
        return big(body.count, bytes: 4) + named + big(Int(crc32(named)), bytes: 4)
    }

    /// A valid header of any size with a few bytes of pixels: small on disk, huge when believed.
    static func pngBomb(width: Int, height: Int) -> Data {
        var header = big(width, bytes: 4) + big(height, bytes: 4)
        header += [8, 2, 0, 0, 0]
        return Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) + pngChunk("IHDR", header)
            + pngChunk("IDAT", Data([0x78, 0x9C, 0x03, 0, 0, 0, 0, 1])) + pngChunk("IEND", Data())
    }

    static func crc32(_ data: Data) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in data {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }

    // MARK: JPEG

    /// Inserts a segment right after the start marker.
    static func jpeg(_ jpeg: Data, adding marker: UInt8, _ body: Data) -> Data {
        jpeg.prefix(2) + Data([0xFF, marker]) + big(body.count + 2, bytes: 2) + body + jpeg.dropFirst(2)
    }

    /// Big-endian EXIF with camera, lens, orientation and a place on earth.
    static func exif(orientation: Int = 1, make: String = "ACME", model: String = "Snapper 9") -> Data {
        // IFD0: 5 entries at 8; Exif IFD: 2 entries; GPS IFD: 2 entries; then the values that don't fit into entries.
        let exifAt = 8 + 2 + 5 * 12 + 4
        let gpsAt = exifAt + 2 + 2 * 12 + 4
        let valuesAt = gpsAt + 2 + 2 * 12 + 4
        let makeText = Data(make.utf8) + [0]
        let modelText = Data(model.utf8) + [0]
        let modelAt = valuesAt + makeText.count
        let focalAt = modelAt + modelText.count
        let placeAt = focalAt + 8
        func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: Data) -> Data {
            big(tag, bytes: 2) + big(type, bytes: 2) + big(count, bytes: 4) + value
        }
        var tiff = Data("MM\0*".utf8) + big(8, bytes: 4) + big(5, bytes: 2)
        tiff += entry(0x010F, 2, makeText.count, big(valuesAt, bytes: 4))
        tiff += entry(0x0110, 2, modelText.count, big(modelAt, bytes: 4))
        tiff += entry(0x0112, 3, 1, big(orientation, bytes: 2) + [0, 0])
        tiff += entry(0x8769, 4, 1, big(exifAt, bytes: 4))
        tiff += entry(0x8825, 4, 1, big(gpsAt, bytes: 4))
        tiff += big(0, bytes: 4)
        tiff += big(2, bytes: 2) + entry(0x920A, 5, 1, big(focalAt, bytes: 4))
        tiff += entry(0xA405, 3, 1, big(28, bytes: 2) + [0, 0]) + big(0, bytes: 4)
        tiff += big(2, bytes: 2) + entry(0x0001, 2, 2, Data("N\0\0\0".utf8))
        tiff += entry(0x0002, 5, 3, big(placeAt, bytes: 4)) + big(0, bytes: 4)
        tiff += makeText + modelText + big(425, bytes: 4) + big(100, bytes: 4)
        for degree in [52, 31, 12] { tiff += big(degree, bytes: 4) + big(1, bytes: 4) }
        return Data("Exif\0\0".utf8) + tiff
    }

    /// An RGB profile whose red and blue colorants are those of the other: what it tags looks swapped.
    static func swappedProfile() -> Data {
        func s15(_ value: Double) -> Data { big(Int((value * 65536).rounded()), bytes: 4) }
        func xyz(_ x: Double, _ y: Double, _ z: Double) -> Data { Data("XYZ \0\0\0\0".utf8) + s15(x) + s15(y) + s15(z) }
        let gamma = Data("curv\0\0\0\0".utf8) + big(1, bytes: 4) + big(563, bytes: 2) + [0, 0]
        let tags: [(String, Data)] = [
            ("wtpt", xyz(0.9642, 1, 0.8249)), ("rXYZ", xyz(0.1431, 0.0606, 0.7141)),
            ("gXYZ", xyz(0.3851, 0.7169, 0.0971)),
            ("bXYZ", xyz(0.4361, 0.2225, 0.0139)), ("rTRC", gamma), ("gTRC", gamma), ("bTRC", gamma),
        ]
        var (table, values) = (big(tags.count, bytes: 4), Data())
        let start = 128 + 4 + tags.count * 12
        for (name, value) in tags {
            table += Data(name.utf8) + big(start + values.count, bytes: 4) + big(value.count, bytes: 4)
            values += value
        }
        var header = Data(count: 128)
        func put(_ at: Int, _ data: Data) { header.replaceSubrange(at..<at + data.count, with: data) }
        put(0, big(start + values.count, bytes: 4))
        put(8, big(0x0210_0000, bytes: 4))
        put(12, Data("mntrRGB XYZ ".utf8))
        put(36, Data("acsp".utf8))
        put(68, s15(0.9642) + s15(1) + s15(0.8249))
        return header + table + values
    }

    // MARK: TIFF

    /// An uncompressed little-endian TIFF of one strip.
    static func tiff(
        width: Int, height: Int, samples: Int, bits: Int = 8, photometric: Int, pixels: Data, extra: [(Int, Int)] = []
    ) -> Data {
        var entries: [(tag: Int, type: Int, value: Int)] = [
            (256, 4, width), (257, 4, height), (258, 3, bits), (259, 3, 1), (262, 3, photometric), (273, 4, 0),
            (277, 3, samples), (278, 4, height), (279, 4, pixels.count),
        ]
        entries += extra.map { ($0.0, 3, $0.1) }
        entries.sort { $0.tag < $1.tag }
        let valuesAt = 8 + 2 + entries.count * 12 + 4
        let pixelsAt = valuesAt + samples * 2
        var file = Data("II*\0".utf8) + little(8, bytes: 4) + little(entries.count, bytes: 2)
        for entry in entries {
            file += little(entry.tag, bytes: 2) + little(entry.type, bytes: 2)
            switch entry.tag {
            case 258 where samples > 2: file += little(samples, bytes: 4) + little(valuesAt, bytes: 4)
            case 258 where samples == 2: file += little(2, bytes: 4) + little(bits, bytes: 2) + little(bits, bytes: 2)
            case 273: file += little(1, bytes: 4) + little(pixelsAt, bytes: 4)
            default: file += little(1, bytes: 4) + little(entry.value, bytes: 4)
            }
        }
        file += little(0, bytes: 4)
        for _ in 0..<samples { file += little(bits, bytes: 2) }
        return file + pixels
    }
}

/// SplitMix64: the same mutants on every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
