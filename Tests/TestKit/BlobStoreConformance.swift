public import Foundation
internal import Pipeline
public import Storage

/// What every blob store promises, as checks that a test runs against a fresh, empty store.
public struct BlobStoreConformance: Sendable, CustomStringConvertible {
    public let name: String
    /// Gets an empty store and an empty folder; throws what is broken.
    public let run: @Sendable (_ store: any BlobStore, _ folder: URL) throws -> Void

    public var description: String { name }

    public static let all: [BlobStoreConformance] = writing + putting + refusing

    /// SHA-256 of the three bytes `abc` (FIPS 180-4, example B.1).
    private static let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    private static let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    private static let writing: [BlobStoreConformance] = [
        .init("a blob in pieces is named by the hash of the whole") { store, _ in
            let writer = try store.begin()
            try writer.write("a")
            try writer.write("bc")
            try expect(writer.count == 3, "the writer counts bytes")
            try expect(try store.size(of: abc) == nil, "nothing is visible before commit")
            try expect(try writer.commit(expecting: abc) == Blob(sha256: abc, bytes: 3), "name and size")
            try expect(try Data(contentsOf: store.file(abc)) == Data("abc".utf8), "the bytes")
        },
        .init("an empty blob is a blob") { store, _ in
            try expect(try store.begin().commit(expecting: nil) == Blob(sha256: nothing, bytes: 0), "name and size")
            try expect(try store.size(of: nothing) == 0, "size 0 is not absence")
        },
        .init("the same bytes twice are one blob") { store, _ in
            for _ in 1...2 {
                let writer = try store.begin()
                try writer.write("abc")
                try expect(try writer.commit(expecting: nil).sha256 == abc, "name")
            }
            try expect(try store.size(of: abc) == 3, "size")
        },
        .init("other bytes than expected are refused and leave nothing") { store, _ in
            let writer = try store.begin()
            try writer.write("abd")
            try expectFailure(.hashMismatch) { _ = try writer.commit(expecting: abc) }
            try expect(try store.size(of: abc) == nil, "nothing under the expected name")
        },
        .init("an abandoned blob leaves nothing, and its writer takes no more") { store, _ in
            let writer = try store.begin()
            try writer.write("abc")
            writer.abandon()
            try expectFailure(.internalError) { _ = try writer.commit(expecting: nil) }
            try expect(try store.size(of: abc) == nil, "nothing is visible")
        },
        .init("a writer ends once") { store, _ in
            let writer = try store.begin()
            try writer.write("abc")
            _ = try writer.commit(expecting: nil)
            try expectFailure(.internalError) { try writer.write("d") }
            try expect(try store.size(of: abc) == 3, "the blob stays")
        },
    ]

    private static let putting: [BlobStoreConformance] = [
        .init("a copied file stays where it was") { store, folder in
            let file = try write("abc", to: folder.appending(path: "a.jpg"))
            try expect(try store.put(file: file, move: false) == Blob(sha256: abc, bytes: 3), "name and size")
            try expect(FileManager.default.fileExists(atPath: file.path), "the source stays")
            try Data("changed".utf8).write(to: file)
            try expect(try Data(contentsOf: store.file(abc)) == Data("abc".utf8), "the blob does not follow it")
        },
        .init("a moved file is gone from where it was, also the second time") { store, folder in
            for name in ["a", "b"] {
                let file = try write("abc", to: folder.appending(path: name))
                try expect(try store.put(file: file, move: true) == Blob(sha256: abc, bytes: 3), "name and size")
                try expect(!FileManager.default.fileExists(atPath: file.path), "the source goes")
            }
        },
        .init("a file larger than a piece arrives whole") { store, folder in
            let bytes = Data((0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
            let file = folder.appending(path: "large")
            try bytes.write(to: file)
            let blob = try store.put(file: file, move: false)
            try expect(blob.bytes == bytes.count, "size")
            try expect(try blob.sha256 == SHA256Hasher.hash(bytes), "hash")
            try expect(try Data(contentsOf: store.file(blob.sha256)) == bytes, "bytes")
        },
        .init("a removed blob is gone, and removing it again is no error") { store, folder in
            _ = try store.put(file: write("abc", to: folder.appending(path: "a")), move: true)
            try store.remove(abc)
            try store.remove(abc)
            try expect(try store.size(of: abc) == nil, "gone")
            try expectFailure(.notFound) { _ = try store.file(abc) }
        },
    ]

    private static let refusing: [BlobStoreConformance] = [
        .init("a missing file, a folder and a device are refused") { store, folder in
            try expectFailure(.inputMissing) { _ = try store.put(file: folder.appending(path: "none"), move: false) }
            try expectFailure(.inputUnreadable) { _ = try store.put(file: folder, move: false) }
            try expectFailure(.inputUnreadable) { _ = try store.put(file: URL(filePath: "/dev/zero"), move: false) }
        },
        .init("a name that is no hash is refused everywhere") { store, _ in
            let names = [
                "", "abc", abc.uppercased(), String(abc.dropLast()), abc + "0", "../" + abc.dropLast(3),
                String(repeating: "/", count: 64), String(repeating: ".", count: 64), "\0" + abc.dropFirst(),
            ]
            for name in names {
                try expectFailure(.invalidRequest) { _ = try store.size(of: name) }
                try expectFailure(.invalidRequest) { _ = try store.file(name) }
                try expectFailure(.invalidRequest) { try store.remove(name) }
            }
        },
    ]

    private init(_ name: String, run: @escaping @Sendable (any BlobStore, URL) throws -> Void) {
        (self.name, self.run) = (name, run)
    }
}

/// A promise that was not kept.
public struct BrokenPromise: Error, CustomStringConvertible {
    public let description: String
}

private func expect(_ holds: Bool, _ promise: String) throws {
    if !holds { throw BrokenPromise(description: "not kept: \(promise)") }
}

private func expectFailure(_ code: Failure.Code, _ body: () throws -> Void) throws {
    do { try body() } catch let failure as Failure where failure.code == code { return }
    throw BrokenPromise(description: "no failure \(code.rawValue)")
}

private func write(_ text: String, to file: URL) throws -> URL {
    try Data(text.utf8).write(to: file)
    return file
}

extension BlobWriter {
    fileprivate func write(_ text: StaticString) throws {
        try write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
