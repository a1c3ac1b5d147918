import Foundation
import Pipeline
import TestKit
import Testing

@testable import Imaging

@Suite struct PlateFinderTests {
    private struct Truth: Decodable {
        let quad: [[Double]]
        let visible: Bool
    }

    private static let pool = SessionPool(limit: 5)

    private static func finder() throws -> PlateFinder {
        let store = try ModelStore(folder: Fixtures.root.appending(path: "models"))
        return PlateFinder(
            networks: try PlateNetworks { name throws(Failure) in
                try pool.session(of: store.model(name), in: store, precision: .f32, threads: 2)
            })
    }

    /// What is found on our own car's photos, once for all tests.
    private static let found = Result<[PlateFindings], any Error>(catching: {
        let shared = try PlateFinderTests.finder()
        return try Fixtures.carPhotos.map { try shared.findings(on: ImageFile.decode($0, as: .rgb), reads: true) }
    })

    private static func truth() throws -> [[PlateQuad]] {
        let file = Fixtures.root.appending(path: "fixtures/car/plates.json")
        let views = try JSONDecoder().decode([String: [Truth]].self, from: Data(contentsOf: file))
        return Fixtures.carPhotos.map { photo in
            (views["photos/\(photo.lastPathComponent)"] ?? []).filter(\.visible).compactMap { plate in
                PlateQuad(corners: plate.quad.map { SIMD2($0[0], $0[1]) })
            }
        }
    }

    @Test func `covers every plate of our own car and nothing else`() throws {
        for (found, truth) in zip(try Self.found.get(), try Self.truth()) {
            #expect(found.plates.count == truth.count)
            for plate in truth {
                #expect(found.plates.contains { $0.quad.cover.share(of: plate) > 0.75 })
            }
        }
    }

    @Test(arguments: [0, 1, 3, 4, 5, 7]) func `draws its corners within two pixels`(view: Int) throws {
        let (found, known) = (try Self.found.get()[view], try Self.truth()[view])
        let (plate, truth) = (try #require(found.plates.first?.quad), try #require(known.first))
        let errors = zip(plate.corners, truth.corners).map { (($0 - $1) * ($0 - $1)).sum().squareRoot() }
        #expect(errors.allSatisfy { $0 < 2 }, "\(errors)")
        #expect(plate.cover.share(of: truth) == 1)
    }

    @Test(arguments: [0, 4]) func `reads it and guesses its country`(view: Int) throws {
        let found = try Self.found.get()[view]
        let plate = try #require(found.plates.first)
        #expect(plate.reading?.text == "RU ND 820" && plate.country == "DE")
    }

    @Test func `leaves none of many plates without a cover or a question`() throws {
        let (photo, truth) = (
            try ImageFile.decode(Fixtures.carPhotos[0], as: .rgb), try #require(try Self.truth()[0].first)
        )
        let plate = truth.grown(left: 0.8, right: 0.8, up: 2)
        let box = try #require(plate.box(within: photo))
        let tile = try photo.cropped(x: box.x, y: box.y, width: box.width, height: box.height)
            .resized(width: 192, height: 192 * box.height / box.width)
        let (columns, rows) = (8, 9)
        let size = (width: columns * tile.width, height: rows * tile.height)
        var many = try Bitmap(
            pixels: [UInt8](repeating: 0, count: 3 * size.width * size.height), width: size.width, height: size.height,
            channels: 3)
        for place in 0..<columns * rows {
            many = try many.pasting(tile, x: place % columns * tile.width, y: place / columns * tile.height)
        }
        let found = try Self.finder().findings(on: many)
        let places = found.plates.map(\.quad) + found.suspects.map(\.quad)
        for column in 0..<columns {
            for row in 0..<rows {
                let middle = SIMD2(
                    (Double(column) + 0.5) * Double(tile.width), (Double(row) + 0.5) * Double(tile.height))
                #expect(places.contains { $0.holds(middle) }, "\(column), \(row)")
            }
        }
    }

    @Test func `gives no text that nobody asked for`() throws {
        let photo = try ImageFile.decode(Fixtures.carPhotos[4], as: .rgb).resized(width: 800, height: 534)
        let found = try Self.finder().findings(on: photo)
        #expect(found.plates.count == 1 && found.plates.allSatisfy { $0.reading == nil })
    }

    @Test(arguments: [(1, 1), (1, 5000), (5000, 1), (64, 48)]) func `finds nothing where there is nothing`(
        size: (width: Int, height: Int)
    ) throws {
        let black = try Bitmap(
            pixels: [UInt8](repeating: 0, count: size.width * size.height), width: size.width, height: size.height,
            channels: 1)
        #expect(try Self.finder().findings(on: black) == PlateFindings(plates: []))
    }

    @Test func `takes neither rings nor a shop's sign for a plate`() throws {
        let (width, height) = (480, 320)
        var pixels = [UInt8](repeating: 150, count: width * height * 3)
        func paint(_ x: Int, _ y: Int, _ value: UInt8) {
            for channel in 0..<3 { pixels[(y * width + x) * 3 + channel] = value }
        }
        for ring in 0..<4 {
            for degree in 0..<720 {
                let angle = Double(degree) * .pi / 360
                for radius in [24.0, 25, 26] {
                    paint(160 + ring * 38 + Int(radius * cos(angle)), 200 + Int(radius * sin(angle)), 240)
                }
            }
        }
        for y in 30..<90 { for x in 100..<380 { paint(x, y, 245) } }
        // CAFE, five by seven dots a letter.
        let letters: [[UInt8]] = [
            [14, 17, 16, 16, 16, 17, 14], [14, 17, 17, 31, 17, 17, 17], [31, 16, 16, 30, 16, 16, 16],
            [31, 16, 16, 30, 16, 16, 31],
        ]
        for (index, rows) in letters.enumerated() {
            for (row, bits) in rows.enumerated() {
                for column in 0..<5 where bits >> (4 - column) & 1 == 1 {
                    for y in 0..<6 {
                        for x in 0..<8 { paint(130 + index * 60 + column * 8 + x, 40 + row * 6 + y, 30) }
                    }
                }
            }
        }
        let picture = try Bitmap(pixels: pixels, width: width, height: height, channels: 3)
        #expect(try Self.finder().findings(on: picture).plates == [])
    }

    @Test func `stops when it is cancelled`() throws {
        let (photo, flag) = (try ImageFile.decode(Fixtures.carPhotos[0], as: .rgb), CancelFlag())
        let finder = try Self.finder()
        flag.raise()
        let began = ContinuousClock.now
        let failure = #expect(throws: Failure.self) { try finder.findings(on: photo, cancel: flag) }
        #expect(failure?.code == .cancelled)
        #expect(ContinuousClock.now - began < .seconds(1))
    }
}
