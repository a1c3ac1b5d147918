import Foundation
import Photogrammetry
import Testing

@Suite("COLMAP text")
struct ColmapTextTests {
    private let camera = Camera(
        intrinsics: Intrinsics(width: 640, height: 480, focal: 600, principal: [319.5, 239.5], k1: -0.1),
        pose: Pose(rotation: Rotation(about: [0, 0, 1], by: .pi / 2), translation: [1, 2, 3]))

    private func file(_ name: String, of text: ColmapText) -> [[String]] {
        let found = text.files.first { $0.name == name }?.text ?? ""
        return found.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().dropLast()
            .map { $0.split(separator: " ").map(String.init) }
    }

    @Test func `counts pixels from the corner, and has a camera a picture`() {
        let lines = file("cameras.txt", of: ColmapText([.init(name: "a.jpg", camera: camera)]))
        #expect(lines == [["1", "RADIAL", "640", "480", "600.0", "320.0", "240.0", "-0.1", "0.0"]])
    }

    @Test func `has the turn as a quaternion, w first`() {
        let lines = file("images.txt", of: ColmapText([.init(name: "a b.jpg", camera: camera)]))
        let numbers = lines[0][1...7].compactMap(Double.init)
        let half = 0.5.squareRoot()
        for (found, right) in zip(numbers, [half, 0, 0, half, 1, 2, 3]) { #expect(abs(found - right) < 1e-12) }
        #expect(Array(lines[0][8...]) == ["1", "a", "b.jpg"])
        #expect(lines[1] == [])
    }

    @Test func `ties points to the places that see them`() {
        let points = [ColmapText.Point(position: [1, 2, 3], colour: [9, 8, 7], error: 0.25)]
        let text = ColmapText(
            [
                .init(name: "a", camera: camera, sightings: [(place: [4, 5], point: 7)]),
                .init(
                    name: "b", camera: camera, sightings: [(place: [9, 9], point: 3), (place: [10, 20], point: 0)]),
            ], points: points)
        #expect(file("images.txt", of: text)[3] == ["10.5", "20.5", "1"])
        #expect(file("points3D.txt", of: text) == [["1", "1.0", "2.0", "3.0", "9", "8", "7", "0.25", "2", "0"]])
    }

    @Test(arguments: [0.0, 1, 2, 3, 3.14159, -2.5]) func `a quaternion turns as its rotation does`(angle: Double) {
        for axis: SIMD3<Double> in [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, -2, 3], [-3, 1, 0.1]] {
            let found = Rotation(about: axis, by: angle).quaternion
            let unit = axis / (axis * axis).sum().squareRoot()
            var right = SIMD4(unit * sin(angle / 2), cos(angle / 2))
            if right.w < 0 { right = -right }
            #expect(((found - right) * (found - right)).sum() < 1e-12)
        }
    }
}
