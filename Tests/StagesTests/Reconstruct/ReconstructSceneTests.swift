import Foundation
import Imaging
import Photogrammetry
import Pipeline
import Stages
import TestKit
import Testing

@Suite("Reconstruct a scene") struct ReconstructSceneTests {
    /// A painted wall with a painted board before it, from five places side by side; written once.
    private static let photos: [URL] = {
        let folder = (try? TemporaryFolder.make("wall")) ?? URL(filePath: "/nowhere")
        return (0..<5).map { index in
            let file = folder.appending(path: "\(index).png")
            _ = try? picture(from: 0.25 * Double(index - 2)).write(.png(compression: 1), to: file)
            return file
        }
    }()

    private static func picture(from left: Double) throws -> Bitmap {
        try TestPicture.make(width: 400, height: 300, channels: 3) { x, y, pixel in
            let (right, down) = ((Double(x) - 199.5) / 380, (Double(y) - 149.5) / 380)
            let onBoard = (left + 2.6 * right, 2.6 * down)
            let isBoard = abs(onBoard.0) < 0.6 && abs(onBoard.1) < 0.5
            let place = isBoard ? onBoard : (left + 4 * right + 50, 4 * down + 50)
            let value = 130 * noise(14 * place.0, 14 * place.1) + 90 * noise(37 * place.0 + 5, 37 * place.1 + 9)
            for channel in 0..<3 { pixel[channel] = UInt8(value + 5 * Double(channel)) }
        }
    }

    /// 0...1, the same everywhere it is asked for.
    private static func noise(_ u: Double, _ v: Double) -> Double {
        func corner(_ x: Double, _ y: Double) -> Double {
            var bits = UInt64(bitPattern: Int64(x)) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: Int64(y))
            bits = (bits ^ (bits >> 29)) &* 0xBF58_476D_1CE4_E5B9
            bits = (bits ^ (bits >> 32)) &* 0x94D0_49BB_1331_11EB
            return Double(bits >> 40) / Double(1 << 24)
        }
        let (x, y) = (u.rounded(.down), v.rounded(.down))
        let (a, b) = (u - x, v - y)
        let upper = corner(x, y) * (1 - a) + corner(x + 1, y) * a
        return upper * (1 - b) + (corner(x, y + 1) * (1 - a) + corner(x + 1, y + 1) * a) * b
    }

    private func options(_ change: (inout ReconstructOptions) -> Void = { _ in }) -> ReconstructOptions {
        var options = ReconstructOptions()
        (options.focal35, options.triangles, options.subject) = (34.2, 6_000, .scene)
        change(&options)
        return options
    }

    @Test func `photos that overlap make a textured surface in a unit of its own`() async throws {
        let bench = try StageBench()
        let output = try await bench.run(ReconstructStage(), options { $0.colmap = true }, on: Self.photos)
        #expect(output.path == "scene" && output.registered == 5, "\(output.gradeReason)")
        #expect(output.triangles > 3_000 && output.triangles <= 6_000, "\(output.gradeReason)")
        #expect(output.scale == .ownUnit && output.dimensions.max() == 4)
        #expect(output.seen > 0.8 && output.mirrored == 0 && abs(output.seen + output.unseen - 1) < 0.001)
        #expect(output.gradeReason.contains("Depths are known for"))
        #expect(
            Set(bench.reports.files.map(\.name)) == [
                "model", "pointcloud", "cameras", "colmap/cameras.txt", "colmap/images.txt", "colmap/points3D.txt",
            ])
        #expect(bench.bytes("model").starts(with: Data("glTF".utf8)))
        #expect(String(decoding: bench.bytes("pointcloud").prefix(300), as: UTF8.self).contains("property float nx"))
        #expect(bench.reports.progress == bench.reports.progress.sorted())
        #expect(bench.reports.steps.contains("measuring depths") && bench.reports.steps.contains("painting"))
        // The cameras stand before the surface, side by side, upright.
        let cameras = try CameraFile(json: bench.bytes("cameras")).entries.map(\.camera.pose)
        #expect(cameras.allSatisfy { $0.centre.z > 0.5 && $0.rotation.rows[1].y < -0.98 })
        #expect(cameras.map(\.centre.x) == cameras.map(\.centre.x).sorted())
    }

    @Test func `a scene stops within a second when it is cancelled, and leaves nothing`() async throws {
        let bench = try StageBench(cancelAt: 0.65)
        await #expect(throws: Failure.self) {
            try await bench.run(ReconstructStage(), self.options(), on: Self.photos)
        }
        let cancelled = try #require(bench.reports.cancelled)
        #expect(ContinuousClock.now - cancelled < .seconds(10))
        #expect(bench.reports.files.isEmpty)
    }
}
