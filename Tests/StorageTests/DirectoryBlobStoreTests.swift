import Foundation
import Pipeline
import TestKit
import Testing

@testable import Storage

@Suite struct DirectoryBlobStoreTests {
    private let folder: TemporaryFolder
    private let store: DirectoryBlobStore
    private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    init() throws {
        folder = try TemporaryFolder()
        store = try DirectoryBlobStore(root: folder.url.appending(path: "blobs"))
    }

    @Test(arguments: BlobStoreConformance.all)
    func `keeps the promise of every blob store`(_ promise: BlobStoreConformance) throws {
        let inbox = folder.url.appending(path: "inbox")
        try FileManager.default.createDirectory(at: inbox, withIntermediateDirectories: true)
        try promise.run(store, inbox)
        #expect(try unfinished() == [])
    }

    @Test func `fans blobs out into folders that only their owner enters`() throws {
        _ = try store.put(file: file("abc"), move: true)
        let place = try store.file(abc)
        #expect(place.path.hasSuffix("/blobs/ba/78/\(abc)"))
        #expect(try mode(place) == 0o400)
        let folder = place.deletingLastPathComponent()
        for parent in [folder, folder.deletingLastPathComponent()] { #expect(try mode(parent) == 0o700) }
    }

    @Test(arguments: [false, true]) func `a full disk is an unavailable storage and leaves nothing`(inPut: Bool) throws
    {
        let disk = DiskCalls(
            write: { _, _ in
                errno = ENOSPC
                return -1
            }, synchronise: { _ in 0 })
        let full = try DirectoryBlobStore(root: folder.url.appending(path: "blobs"), disk: disk)
        let source = try file("abc")
        let failure = #expect(throws: Failure.self) {
            if inPut {
                _ = try full.put(file: source, move: false)
            } else {
                let writer = try full.begin()
                try Data("abc".utf8).withUnsafeBytes { try writer.write($0) }
            }
        }
        #expect(failure?.code == .storageUnavailable)
        #expect(failure?.summary == "The storage is full.")
        #expect(try unfinished() == [])
        #expect(try store.size(of: abc) == nil)
        #expect(FileManager.default.fileExists(atPath: source.path))
    }

    @Test(arguments: [false, true]) func `bytes that do not reach the disk are no blob`(move: Bool) throws {
        let disk = DiskCalls(
            write: DiskCalls.system.write,
            synchronise: { _ in
                errno = EIO
                return -1
            })
        let broken = try DirectoryBlobStore(root: folder.url.appending(path: "blobs"), disk: disk)
        let source = try file("abc")
        let failure = #expect(throws: Failure.self) { _ = try broken.put(file: source, move: move) }
        #expect(failure?.code == .storageUnavailable)
        #expect(try unfinished() == [])
        #expect(try store.size(of: abc) == nil)
        #expect(try Data(contentsOf: source) == Data("abc".utf8))
    }

    @Test func `short writes are continued`() throws {
        let disk = DiskCalls(
            write: { descriptor, bytes in
                DiskCalls.system.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes.prefix(1)))
            }, synchronise: DiskCalls.system.synchronise)
        let slow = try DirectoryBlobStore(root: folder.url.appending(path: "blobs"), disk: disk)
        #expect(try slow.put(file: file("abc"), move: false) == Blob(sha256: abc, bytes: 3))
        #expect(try Data(contentsOf: slow.file(abc)) == Data("abc".utf8))
    }

    @Test func `a blob of the wrong size is replaced by the right bytes`() throws {
        _ = try store.put(file: file("abc"), move: true)
        let place = try store.file(abc)
        try FileManager.default.removeItem(at: place)
        try Data("a".utf8).write(to: place)
        _ = try store.put(file: file("abc"), move: true)
        #expect(try Data(contentsOf: place) == Data("abc".utf8))
    }

    @Test func `a link is not moved in place of its file`() throws {
        let link = folder.url.appending(path: "link")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: try file("abc"))
        #expect(throws: Failure.self) { _ = try store.put(file: link, move: true) }
        #expect(try store.put(file: link, move: false).sha256 == abc)
    }

    @Test func `a file of another file system is moved too`() throws {
        let other = URL(filePath: "/dev/shm/rundum-\(UUID().uuidString)")
        try #require(FileManager.default.createFile(atPath: other.path, contents: Data("abc".utf8)))
        defer { try? FileManager.default.removeItem(at: other) }
        #expect(try store.put(file: other, move: true) == Blob(sha256: abc, bytes: 3))
        #expect(!FileManager.default.fileExists(atPath: other.path))
    }

    @Test func `unfinished files of the dead go, those of the living stay`() throws {
        let incoming = folder.url.appending(path: "blobs/incoming")
        let me = ProcessIdentity.current
        let dead = ProcessIdentity(host: me.host, pid: me.pid, start: me.start + 1)
        for owner in [me, dead] { try Data().write(to: incoming.appending(path: "\(owner.tag)+x")) }
        _ = try DirectoryBlobStore(root: folder.url.appending(path: "blobs"))
        #expect(try unfinished() == ["\(me.tag)+x"])
    }

    @Test func `many writers of the same bytes make one blob`() async throws {
        try await withThrowingTaskGroup(of: String.self) { group in
            for index in 0..<16 {
                let source = try file("abc", named: "copy-\(index)")
                group.addTask { [store] in try store.put(file: source, move: index % 2 == 0).sha256 }
            }
            for try await name in group { #expect(name == abc) }
        }
        #expect(try Data(contentsOf: store.file(abc)) == Data("abc".utf8))
        #expect(try unfinished() == [])
    }

    @Test func `a folder that can't be made is an unavailable storage`() throws {
        let failure = #expect(throws: Failure.self) {
            _ = try DirectoryBlobStore(root: try file("abc").appending(path: "below"))
        }
        #expect(failure?.code == .storageUnavailable)
    }

    private func file(_ text: String, named name: String = "source") throws -> URL {
        let file = folder.url.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file
    }

    private func unfinished() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.url.appending(path: "blobs/incoming").path)
    }

    private func mode(_ file: URL) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
    }
}
