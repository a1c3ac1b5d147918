import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@Suite struct NeuralSessionTests {
    private static let file = Fixtures.root.appending(path: "models/u2netp.onnx")
    private static let planes: [Float] = (0..<18_432).map { (index: Int) -> Float in
        Float((index * 7919) % 255) / 127 - 1
    }

    private func failure(_ body: () throws(Failure) -> Void) -> Failure? {
        do throws(Failure) { try body() } catch { return error }
        return nil
    }

    @Test func `gives the same bits at f32 with one thread and with two`() throws {
        let one = try NeuralSession(model: Self.file, precision: .f32, threads: 1)
        let two = try NeuralSession(model: Self.file, precision: .f32, threads: 2)
        let first = try one.run(Self.planes, width: 96, height: 64)
        #expect(first.count == 96 * 64)
        #expect(try two.run(Self.planes, width: 96, height: 64) == first)
        #expect(try one.run(Self.planes, width: 96, height: 64) == first)
    }

    @Test func `takes pictures of any size in turn`() throws {
        let session = try NeuralSession(model: Self.file, precision: .auto, threads: 2)
        for (width, height) in [(96, 64), (64, 96), (32, 192)] {
            #expect(try session.run(Self.planes, width: width, height: height).allSatisfy { (0...1).contains($0) })
        }
        #expect(session.precision != .auto)
    }

    @Test func `refuses sizes that don't fit`() throws {
        let session = try NeuralSession(model: Self.file, precision: .f32, threads: 1)
        #expect(
            failure { () throws(Failure) in _ = try session.run(Self.planes, width: 96, height: 65) }?.code
                == .internalError)
        #expect(failure { () throws(Failure) in _ = try session.run([1, 2, 3], width: 1, height: 1) } != nil)
    }

    @Test func `takes one size only where its file states one`() throws {
        let (parts, size) = (Fixtures.root.appending(path: "models/parts.onnx"), MapSize(width: 512, height: 320))
        let session = try NeuralSession(model: parts, precision: .f32, threads: 1, size: size)
        func run(_ width: Int, _ height: Int) throws(Failure) -> [Float] {
            try session.run(
                [Float](repeating: 0, count: 10 * width * height), count: 10, width: width, height: height, maps: 3)
        }
        #expect(try run(512, 320).count == 3 * 512 * 320)
        #expect(failure { () throws(Failure) in _ = try run(320, 512) }?.detail?.contains("another size") == true)
    }

    @Test(arguments: [(96, 64), (8, 64)]) func `refuses a size that the file does not state`(size: (Int, Int)) {
        let error = failure { () throws(Failure) in
            _ = try NeuralSession(
                model: Self.file, precision: .f32, threads: 1, size: MapSize(width: size.0, height: size.1))
        }
        #expect(error != nil)
    }

    @Test func `stops when it is cancelled`() throws {
        let session = try NeuralSession(model: Self.file, precision: .f32, threads: 1)
        let flag = CancelFlag()
        flag.raise()
        let error = failure { () throws(Failure) in
            _ = try session.run(Self.planes, width: 96, height: 64, cancel: flag)
        }
        #expect(error?.code == .cancelled)
    }

    @Test func `tells a missing model from a damaged one`() throws {
        let folder = FileManager.default.temporaryDirectory
        let missing = folder.appending(path: "rundum-no-model.onnx")
        let damaged = folder.appending(path: "rundum-damaged-\(UUID().uuidString).onnx")
        try Data("not a network".utf8).write(to: damaged)
        defer { try? FileManager.default.removeItem(at: damaged) }
        func code(_ file: URL) -> Failure.Code? {
            failure { () throws(Failure) in _ = try NeuralSession(model: file, precision: .f32, threads: 1) }?.code
        }
        #expect(code(missing) == .modelMissing)
        #expect(code(damaged) == .modelCorrupt)
    }

    @Test func `keeps sessions open and reuses them`() throws {
        let store = try ModelStore(folder: Fixtures.root.appending(path: "models"))
        let model = try store.model("u2netp")
        let pool = SessionPool(limit: 1)
        let first = try pool.session(of: model, in: store, precision: .f32, threads: 1)
        #expect(try pool.session(of: model, in: store, precision: .f32, threads: 1) === first)
        let other = try pool.session(of: model, in: store, precision: .f32, threads: 2)
        #expect(other !== first)
        #expect(try pool.session(of: model, in: store, precision: .f32, threads: 1) !== first)
    }
}

@Suite struct NetworkCacheTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "rundum-networks-\(UUID().uuidString)")

    private func names() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] }

    @Test func `gives the same map out of the cache and without one`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try ModelStore(folder: Fixtures.root.appending(path: "models"))
        let model = try store.model("u2netp")
        let planes = [Float](repeating: 0.25, count: 3 * 64 * 64).enumerated().map {
            Float($0.offset % 17) / 9 - $0.element
        }
        func map(_ cache: NetworkCache?) throws -> [Float] {
            let session = try SessionPool(cache: cache).session(of: model, in: store, precision: .f32, threads: 2)
            return try session.run(planes, width: 64, height: 64) + session.run(planes, width: 64, height: 64)
        }
        let (compiled, cached, again) = (
            try map(nil), try map(NetworkCache(folder: folder)), try map(NetworkCache(folder: folder))
        )
        #expect(compiled == cached)
        #expect(compiled == again)
        #expect(names().count == 1)
        #expect(names().first?.hasPrefix("309c8469258dda74-f32-") == true)
    }

    @Test func `works where nothing can be kept`() throws {
        let store = try ModelStore(folder: Fixtures.root.appending(path: "models"))
        let nowhere = NetworkCache(folder: URL(filePath: "/proc/rundum-networks"))
        let session = try SessionPool(cache: nowhere).session(
            of: store.model("u2netp"), in: store, precision: .f32, threads: 1)
        #expect(try session.run([Float](repeating: 0, count: 3072), width: 32, height: 32).count == 1024)
    }
}
