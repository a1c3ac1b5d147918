import Foundation
import Pipeline
import TestKit
import Testing

@testable import Imaging

@Suite struct PlateFinderTests {
    private struct Truth: Decodable {
        /// The plate as it is seen, with the sides of it that show.
        let outline: [[Double]]
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
                PlateQuad(corners: plate.outline.map { SIMD2($0[0], $0[1]) })
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

    @Test(arguments: PlateTreatment.allCases)
    func `changes 99 of 100 pixels of every plate of our own car`(treatment: PlateTreatment) throws {
        let (logo, red) = (try Bitmap.namePlate("Autohaus"), Colour(255, 0, 0))
        for (view, truth) in try Self.truth().enumerated() where !truth.isEmpty {
            let photo = try ImageFile.decode(Fixtures.carPhotos[view], as: .rgb)
            let covers = try Self.found.get()[view].plates.map { PlateCover($0.quad, with: treatment, colour: red) }
            let covered = try photo.covering(covers, logo: logo)
            for plate in truth {
                let box = try #require(plate.box(within: photo))
                var (all, changed) = (0, 0)
                for y in box.y..<box.y + box.height {
                    for x in box.x..<box.x + box.width where plate.holds(SIMD2(Double(x), Double(y))) {
                        all += 1
                        if photo.pixel(x, y) != covered.pixel(x, y) { changed += 1 }
                    }
                }
                #expect(100 * changed >= 99 * all, "view \(view): \(changed) of \(all)")
            }
        }
    }

    @Test func `hears what is read on a plate once: not for a quad above that reaches down to it`() throws {
        func look(_ box: PixelBox, middle: Double) -> PlateFinder.Look {
            var evidence = PlateEvidence()
            (evidence.surface, evidence.middle, evidence.likeness) = (0.98, middle, 1)
            evidence.text = PlateText(
                "CA777VA".map { sign in
                    LineReader.Character(kind: sign.isNumber ? .digit : .capital, letter: sign, confidence: 0.99)
                })
            (evidence.height, evidence.aspect) = (Double(box.height), Double(box.width) / Double(box.height))
            return (PlateQuad(box), evidence)
        }
        let plate = look(PixelBox(x: 100, y: 100, width: 180, height: 40), middle: 0.8)
        func judged(_ y: Int) -> [Bool] {
            let grille = look(PixelBox(x: 100, y: y, width: 180, height: 50), middle: 0.4)
            return PlateFinder.judged([grille, plate]).map { if case .plate = $0.judgement { true } else { false } }
        }
        #expect(judged(75) == [true, false])
        #expect(judged(30) == [true, true], "two plates apart are two")
    }

    @Test(arguments: [0, 4]) func `reads it and guesses its country`(view: Int) throws {
        let found = try Self.found.get()[view]
        let plate = try #require(found.plates.first)
        #expect(plate.reading?.text == "RU ND 820" && plate.country == "DE")
    }

    @Test func `reads two plates one above the other, each once`() throws {
        let (photo, truth) = (
            try ImageFile.decode(Fixtures.carPhotos[4], as: .rgb), try #require(try Self.truth()[4].first)
        )
        let box = try #require(truth.grown(left: 0.2, right: 0.2, up: 0.15).box(within: photo))
        let plate = try photo.cropped(x: box.x, y: box.y, width: box.width, height: box.height)
        let pair = try photo.pasting(plate, x: box.x, y: box.y - box.height)
        let found = try Self.finder().findings(on: pair, reads: true).plates
        #expect(found.map { $0.reading?.text } == ["RU ND 820", "RU ND 820"])
        #expect(!found[0].quad.cover.holds(found[1].quad.centre))
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
        let failure = #expect(throws: Failure.self) { try finder.findings(on: photo, cancel: flag) }
        #expect(failure?.code == .cancelled)
    }
}
