import Foundation
import Pipeline
import TestKit
import Testing

@testable import Imaging

/// Reads every picture that a listing publishes, as somebody would who is after the plate.
struct PlateWalk {
    /// What our own car's plate says, without its spaces.
    private static let text = Array("RUND820")
    /// So many of its characters in their order are no chance.
    private static let much = 4

    private let lines: NeuralSession
    private let reader: LineReader

    init() throws {
        let store = try ModelStore(folder: Fixtures.root.appending(path: "models"))
        func open(_ name: String) throws -> NeuralSession {
            let model = try store.model(name)
            return try NeuralSession(model: store.file(of: model), precision: .f32, threads: 2)
        }
        lines = try open("plate-text")
        reader = LineReader(network: try open("plate-reading"))
    }

    /// Whether the plate can be read somewhere on a picture.
    func reads(_ picture: Bitmap) throws -> Bool {
        let picture = try picture.converted(channels: 3)
        let whole = PixelBox(x: 0, y: 0, width: picture.width, height: picture.height)
        return try TextLines(in: whole, of: picture, by: lines, cancel: nil).lines.contains { line in
            let found = try reader.characters(at: line.quad, of: picture, cancel: nil).compactMap(\.letter)
            return Self.shared(found) >= Self.much
        }
    }

    /// The pictures of a listing on which the plate can be read, and how many were looked at. Masks show nothing.
    func legible(in files: [String: Data]) throws -> (names: [String], looked: Int) {
        var pictures: [String: Data] = [:]
        for (name, bytes) in files {
            if ["jpg", "png", "webp"].contains((name as NSString).pathExtension), !name.hasSuffix("mask.png") {
                pictures[name] = bytes
            } else if name.hasSuffix(".glb") {
                pictures["\(name)#texture"] = try Self.texture(of: bytes)
            } else if name.hasSuffix(".html") {
                for (index, bytes) in Self.embedded(in: bytes).enumerated() where !files.values.contains(bytes) {
                    pictures["\(name)#\(index)"] = bytes
                }
            }
        }
        let legible = try pictures.filter { try reads(ImageFile.decode($0.value)) }
        return (legible.keys.sorted(), pictures.count)
    }

    /// The longest common subsequence with the plate's text.
    private static func shared(_ found: [Character]) -> Int {
        var row = [Int](repeating: 0, count: found.count + 1)
        for letter in text {
            var diagonal = 0
            for j in found.indices {
                let above = row[j + 1]
                row[j + 1] = letter == found[j] ? diagonal + 1 : max(row[j + 1], row[j])
                diagonal = above
            }
        }
        return row[found.count]
    }

    /// The first picture of a binary glTF.
    private static func texture(of model: Data) throws -> Data {
        func number(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(model[model.startIndex + at + $1]) << (8 * $1) } }
        let length = number(12)
        let json = try JSON.decode(JSONValue.self, from: model.dropFirst(20).prefix(length))
        let view = try #require(json["images"]?.arrayValue?.first?["bufferView"]?.intValue)
        let part = try #require(json["bufferViews"]?.arrayValue?[view])
        let start = 20 + length + 8 + (part["byteOffset"]?.intValue ?? 0)
        return Data(model.dropFirst(start).prefix(try #require(part["byteLength"]?.intValue)))
    }

    /// The pictures that a page carries in itself.
    private static func embedded(in page: Data) -> [Data] {
        let text = String(decoding: page, as: UTF8.self)
        return text.components(separatedBy: "data:image/").dropFirst().compactMap { rest in
            guard let comma = rest.range(of: ";base64,") else { return nil }
            let digits = rest[comma.upperBound...].prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || "+/=".contains($0))
            }
            return Data(base64Encoded: String(digits))
        }.filter { (try? ImageFile.probe($0)) != nil }
    }
}
