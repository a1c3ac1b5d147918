import Foundation
import Pipeline
import TestKit
import Testing

@testable import Storage

@Suite struct ScratchSpaceTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `each attempt gets an empty folder of its own that goes with it`() throws {
        let space = try ScratchSpace(root: folder.url)
        var first: ScratchFolder? = try space.folder()
        let second = try space.folder()
        let url = try #require(first?.url)
        #expect(url != second.url)
        let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
        try Data("x".utf8).write(to: url.appending(path: "x"))
        first = nil
        #expect(!FileManager.default.fileExists(atPath: url.path))
        #expect(FileManager.default.fileExists(atPath: second.url.path))
    }

    @Test func `a link inside is removed and not followed`() throws {
        let outside = folder.url.appending(path: "precious")
        try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
        let space = try ScratchSpace(root: folder.url.appending(path: "scratch"))
        let attempt = try space.folder()
        try FileManager.default.createSymbolicLink(at: attempt.url.appending(path: "link"), withDestinationURL: outside)
        attempt.remove()
        #expect(FileManager.default.fileExists(atPath: outside.path))
    }

    @Test func `what the dead left goes at the next start, what the living use stays`() throws {
        let me = ProcessIdentity.current
        let dead = ProcessIdentity(host: me.host, pid: me.pid, start: me.start + 1)
        let strangers = ProcessIdentity(host: "elsewhere", pid: 1, start: 1)
        for owner in [dead, strangers] {
            let left = folder.url.appending(path: "\(owner.tag)/attempt")
            try FileManager.default.createDirectory(at: left, withIntermediateDirectories: true)
        }
        try Data().write(to: folder.url.appending(path: "not-ours"))
        let space = try ScratchSpace(root: folder.url)
        #expect(folder.content == ["elsewhere_1_1", "elsewhere_1_1/attempt", me.tag, "not-ours"].sorted())
        space.clear()
        #expect(try space.folder().url.path.contains(me.tag))
    }

    @Test func `strangers' folders go when nobody touched them for days`() throws {
        let left = folder.url.appending(path: "elsewhere_1_1")
        try FileManager.default.createDirectory(at: left, withIntermediateDirectories: true)
        let long = Date.now.addingTimeInterval(-3 * 24 * 3600)
        try FileManager.default.setAttributes([.modificationDate: long], ofItemAtPath: left.path)
        _ = try ScratchSpace(root: folder.url)
        #expect(!FileManager.default.fileExists(atPath: left.path))
    }

    @Test func `a root that is a file is an unavailable storage`() throws {
        let file = folder.url.appending(path: "file")
        try Data().write(to: file)
        let failure = #expect(throws: Failure.self) { _ = try ScratchSpace(root: file) }
        #expect(failure?.code == .storageUnavailable)
    }

    @Test func `a process is told from the next with its number`() throws {
        let me = ProcessIdentity.current
        #expect(!me.isGone)
        #expect(ProcessIdentity(tag: me.tag) == me)
        #expect(ProcessIdentity(host: me.host, pid: me.pid, start: me.start &+ 1).isGone)
        #expect(!ProcessIdentity(host: "elsewhere", pid: me.pid, start: 1).isGone)
        for tag in ["", "a_b", "a_b_c", "a_1_2_3", "_1_"] { #expect(ProcessIdentity(tag: tag) == nil) }
    }
}
