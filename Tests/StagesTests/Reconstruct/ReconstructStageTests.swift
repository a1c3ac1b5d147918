import Foundation
import Imaging
import Photogrammetry
import Pipeline
import Stages
import TestKit
import Testing

@Suite("Reconstruct") struct ReconstructStageTests {
    /// The fixture's views as cut-outs of 800 pixels with the truth as their alpha; written once.
    private static let cutouts: [URL] = {
        let folder = (try? TemporaryFolder.make("ring")) ?? URL(filePath: "/nowhere")
        return zip(Fixtures.carPhotos, Fixtures.carMasks).map { photo, mask in
            let file = folder.appending(path: photo.deletingPathExtension().lastPathComponent + ".png")
            if let picture = try? ImageFile.decode(photo, as: .rgb).resized(width: 800, height: 534, filter: .area),
                let alpha = try? ImageFile.decode(mask, as: .grey).resized(width: 800, height: 534, filter: .area)
            {
                _ = try? picture.withAlpha(alpha).write(.png(compression: 1), to: file)
            }
            return file
        }
    }()

    private func options(_ change: (inout ReconstructOptions) -> Void = { _ in }) -> ReconstructOptions {
        var options = ReconstructOptions()
        (options.focal35, options.triangles, options.subject) = (30, 8_000, .object)
        change(&options)
        return options
    }

    private func failure(_ files: [URL], _ options: ReconstructOptions) async throws -> Failure? {
        let bench = try StageBench()
        do { _ = try await bench.run(ReconstructStage(), options, on: files) } catch let error as Failure {
            #expect(bench.reports.files.isEmpty)
            return error
        }
        return nil
    }

    @Test func `makes a car of eight cut-outs, with its cameras where they were`() async throws {
        let bench = try StageBench()
        let output = try await bench.run(
            ReconstructStage(), options { $0.colmap = true }, on: Self.cutouts)
        #expect(output.grade == "A" && output.path == "object" && output.registered == 8 && output.symmetric)
        #expect(output.views.allSatisfy { $0.registered && ($0.agreement ?? 0) > 0.8 })
        #expect(output.triangles > 7_000 && output.triangles <= 8_000)
        // A car that does not exist is not of the usual size: its length is known to 10 % only.
        #expect(abs(output.dimensions[2] / 4.4 - 1) < 0.12, "\(output.dimensions)")
        #expect(
            Set(bench.reports.files.map(\.name)) == [
                "model", "pointcloud", "cameras", "silhouettes", "colmap/cameras.txt", "colmap/images.txt",
                "colmap/points3D.txt",
            ])
        #expect(bench.bytes("model").starts(with: Data("glTF".utf8)) && bench.bytes("model").count < 5_000_000)
        #expect(bench.bytes("pointcloud").starts(with: Data("ply\n".utf8)))
        #expect(try rotationError(CameraFile(json: bench.bytes("cameras"))) < 0.7)
        #expect(bench.reports.progress == bench.reports.progress.sorted())
        #expect(bench.reports.steps.contains("shaping"))
    }

    /// Degrees by which turns between neighbours are off the truth, in the mean.
    private func rotationError(_ found: CameraFile) throws -> Double {
        let truth = try CameraFile(json: Data(contentsOf: Fixtures.root.appending(path: "fixtures/car/cameras.json")))
        let turns = [found, truth].map { file in
            file.entries.indices.map { index in
                let next = file.entries[(index + 1) % file.entries.count].camera.pose.rotation
                return next * file.entries[index].camera.pose.rotation.inverse
            }
        }
        let errors = zip(turns[0], turns[1]).map { ($0 * $1.inverse).angle * 180 / .pi }
        return errors.reduce(0, +) / Double(errors.count)
    }

    @Test func `the same photos give the same bytes`() async throws {
        let files = Array(Self.cutouts.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
        func bytes() async throws -> [Data] {
            let bench = try StageBench()
            _ = try await bench.run(ReconstructStage(), options { $0.triangles = 2_000 }, on: files)
            return ["model", "cameras", "pointcloud", "silhouettes"].map { bench.bytes($0) }
        }
        let first = try await bytes()
        #expect(try await bytes() == first)
        #expect(first.allSatisfy { !$0.isEmpty })
    }

    @Test func `one photo eight times is no walk round a car`() async throws {
        let error = try await failure([URL](repeating: Self.cutouts[1], count: 8), options())
        #expect(error?.code == .viewsAlike)
        #expect(error?.hint?.contains("45 degrees") == true)
    }

    @Test func `photos without a car are said to show none`() async throws {
        let bench = try StageBench()
        let empty = try TestPicture.make(width: 320, height: 240, channels: 3) { x, y, pixel in
            for c in 0..<3 { pixel[c] = (x / 40 + y / 40) % 2 == 0 ? 220 : UInt8(60 + 40 * c) }
        }
        let file = bench.folder.appending(path: "empty.png")
        try empty.write(.png(compression: 1), to: file)
        let error = try await failure([URL](repeating: file, count: 4), options { $0.precision = .f32 })
        #expect(error?.code == .noUsableViews)
        #expect(error?.summary == "0 of 4 photos show a car; a model needs 4.")
    }

    @Test func `eight rooms show no car, and nothing else that hangs together`() async throws {
        let bench = try StageBench()
        let rooms = try (0..<8).map { room in
            let picture = try TestPicture.make(width: 320, height: 240, channels: 3) { x, y, pixel in
                // Walls of another colour and pattern in every room, a floor, a window.
                let (u, v) = (x + 17 * room, y + 29 * room)
                let wall = 150 + (u * (3 + room) % 40 + v * (5 + room) % 30) - 12 * (room % 4)
                let isWindow = (60 + 20 * room % 90..<120 + 20 * room % 90).contains(x) && (40..<110).contains(y)
                let light = isWindow ? 250 : y > 180 ? 70 + (x * (room + 2) / 9 % 25) : wall
                for c in 0..<3 { pixel[c] = UInt8(clamping: light - 15 * ((c + room) % 3)) }
            }
            let file = bench.folder.appending(path: "room-\(room + 1).png")
            try picture.write(.png(compression: 1), to: file)
            return file
        }
        let error = try await failure(
            rooms,
            options {
                $0.subject = .auto
                $0.precision = .f32
            })
        #expect(error?.code == .noUsableViews && error?.hint != nil)
        #expect(error?.summary == "0 of 8 photos show a car; a model needs 4.")
    }

    @Test func `an order that forgets a photo is refused`() async throws {
        let error = try await failure(Self.cutouts, options { $0.order = ["photo-1", "photo-2"] })
        #expect(error?.code == .invalidOptions)
        #expect(error?.summary == "The option order does not name photo-3.")
    }

    @Test func `stops within a second when it is cancelled, and leaves nothing`() async throws {
        let bench = try StageBench(cancelAt: 0.34)
        await #expect(throws: Failure.self) {
            try await bench.run(ReconstructStage(), self.options(), on: Self.cutouts)
        }
        let cancelled = try #require(bench.reports.cancelled)
        #expect(ContinuousClock.now - cancelled < .seconds(20))
        #expect(bench.reports.files.isEmpty)
    }
}
