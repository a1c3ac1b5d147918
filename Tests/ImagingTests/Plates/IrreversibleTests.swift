import Foundation
import Pipeline
import TestKit
import Testing

@testable import Imaging

/// What was covered can't be read, nor computed back.
@Suite struct `A covered plate` {
    private static let photo = 0
    private static let text = "RUND820"

    /// Where our own car's plate truly is.
    private static func truth() throws -> PlateQuad {
        struct Entry: Decodable { let quad: [[Double]] }
        let file = Fixtures.root.appending(path: "fixtures/car/plates.json")
        let all = try JSONDecoder().decode([String: [Entry]].self, from: Data(contentsOf: file))
        let corners = try #require(all["photos/\(Fixtures.carPhotos[photo].lastPathComponent)"]?.first).quad
        return try #require(PlateQuad(corners: corners.map { [$0[0], $0[1]] }))
    }

    private func read(_ picture: Bitmap, at quad: PlateQuad) throws -> String {
        let store = try ModelStore(folder: Fixtures.root.appending(path: "models"))
        let session = try Self.pool.session(of: store.model("plate-reading"), in: store, precision: .f32, threads: 2)
        let found = try LineReader(network: session).characters(at: quad, of: picture, cancel: nil)
        return String(found.compactMap(\.letter))
    }

    private static let pool = SessionPool(limit: 1)

    @Test func `is not read any more, whatever covers it, nor after the best deconvolution`() throws {
        let photo = try ImageFile.decode(Fixtures.carPhotos[Self.photo], as: .rgb)
        let quad = try Self.truth()
        #expect(try read(photo, at: quad) == Self.text, "the reader reads what is there")

        // The attack works on what a usual blur leaves.
        let box = quad.box
        func part(_ picture: Bitmap) throws -> Bitmap {
            try picture.cropped(x: box.x - 20, y: box.y - 12, width: box.width + 40, height: box.height + 24)
        }
        let usual = try Deconvolution.blurred(part(photo), sigma: 3)
        let restored = try Deconvolution.sharpened(usual, sigma: 3, rounds: 6)
        let within = try #require(
            PlateQuad(corners: quad.corners.map { $0 - [Double(box.x - 20), Double(box.y - 12)] }))
        #expect(Self.likeness(try read(restored, at: within)) >= 6, "a Gaussian blur is undone")

        for treatment in PlateTreatment.allCases {
            let covered = try photo.covering([quad], with: treatment, logo: try Bitmap.namePlate("Autohaus"))
            #expect(Self.likeness(try read(covered, at: quad)) <= 2, "\(treatment)")
            guard treatment == .blur || treatment == .pixelate else { continue }
            for sigma in [3, Double(box.width) / 16] {
                let attempt = try Deconvolution.sharpened(part(covered), sigma: sigma, rounds: 6)
                let found = try read(attempt, at: within)
                #expect(Self.likeness(found) <= 2, "\(treatment) by \(sigma): \(found)")
            }
        }
    }

    /// How many characters of the plate stand in a text in their order (the longest common subsequence).
    private static func likeness(_ found: String) -> Int {
        let (a, b) = (Array(text), Array(found))
        var row = [Int](repeating: 0, count: b.count + 1)
        for letter in a {
            var diagonal = 0
            for j in 0..<b.count {
                let above = row[j + 1]
                row[j + 1] = letter == b[j] ? diagonal + 1 : max(row[j + 1], row[j])
                diagonal = above
            }
        }
        return row[b.count]
    }
}

/// Richardson and Lucy's deconvolution by Gaussians, which is what an attacker tries first.
private enum Deconvolution {
    static func blurred(_ picture: Bitmap, sigma: Double) throws -> Bitmap {
        let grey = try picture.converted(channels: 1)
        return try bitmap(convolved(values(grey), grey.width, grey.height, kernel(sigma)), grey.width, grey.height)
    }

    static func sharpened(_ picture: Bitmap, sigma: Double, rounds: Int) throws -> Bitmap {
        let grey = try picture.converted(channels: 1)
        let (width, height, kernel) = (grey.width, grey.height, kernel(sigma))
        let seen = values(grey)
        var guess = seen
        for _ in 0..<rounds {
            let again = convolved(guess, width, height, kernel)
            let ratio = zip(seen, again).map { $0 / max($1, 1) }
            let back = convolved(ratio, width, height, kernel)
            for index in guess.indices { guess[index] *= back[index] }
        }
        return try bitmap(guess, width, height)
    }

    private static func values(_ grey: Bitmap) -> [Float] { grey.withPixels { $0.map { Float($0) + 1 } } }

    private static func bitmap(_ values: [Float], _ width: Int, _ height: Int) throws -> Bitmap {
        let bytes = values.map { UInt8(min(255, max(0, $0 - 1))) }
        return try Bitmap(pixels: bytes, width: width, height: height, channels: 1).converted(channels: 3)
    }

    private static func kernel(_ sigma: Double) -> [Float] {
        let radius = Int((2.5 * sigma).rounded(.up))
        let weights = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
        let sum = weights.reduce(0, +)
        return weights.map { Float($0 / sum) }
    }

    private static func convolved(_ from: [Float], _ width: Int, _ height: Int, _ kernel: [Float]) -> [Float] {
        pass(pass(from, width, height, kernel, step: 1), width, height, kernel, step: width)
    }

    /// Along rows (a step of 1) or columns; the border repeats.
    private static func pass(_ from: [Float], _ width: Int, _ height: Int, _ kernel: [Float], step: Int) -> [Float] {
        let (radius, last) = (kernel.count / 2, step == 1 ? width - 1 : height - 1)
        var to = [Float](repeating: 0, count: from.count)
        from.withUnsafeBufferPointer { from in
            kernel.withUnsafeBufferPointer { kernel in
                to.withUnsafeMutableBufferPointer { to in
                    for index in 0..<from.count {
                        let at = step == 1 ? index % width : index / width
                        let first = index - at * step
                        var sum: Float = 0
                        for k in 0..<kernel.count {
                            sum += kernel[k] * from[first + min(last, max(0, at + k - radius)) * step]
                        }
                        to[index] = sum
                    }
                }
            }
        }
        return to
    }
}
