import Foundation
import Pipeline
import TestKit
import Testing

@testable import JobQueue
@testable import Runner

@Suite struct ItemSourceTests {
    /// Reads without a database: none of these sources needs one.
    private static func read(
        _ names: [String], in folder: TemporaryFolder, sets: Bool = false, subject: String? = nil
    ) throws -> (items: [BackfillItem], findings: ItemReader.Findings) {
        let reader = ItemReader(
            source: .files(names.map { folder.url.appending(path: $0) }), takesSets: sets,
            store: PostgresJobStore(Database(url: "postgresql://nobody@127.0.0.1:1/none")), subject: subject)
        var items: [BackfillItem] = []
        let findings = try reader.read { items.append($0) }
        return (items, findings)
    }

    private static func folder(_ files: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, text) in files {
            let place = folder.url.appending(path: name)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: place)
        }
        return folder
    }

    @Test func `a folder gives its pictures in order, each once, whatever else is in it`() throws {
        let folder = try Self.folder([
            "b/2.JPG": "", "b/1.png": "", "a.heic": "", "b/notes.txt": "", ".hidden/3.jpg": "", "b/.4.jpg": "",
        ])
        try FileManager.default.createSymbolicLink(
            at: folder.url.appending(path: "b/circle"), withDestinationURL: folder.url)
        let (items, findings) = try Self.read(["", "b/1.png"], in: folder)
        let names = items.map { $0.key.dropFirst(folder.url.standardizedFileURL.path.count + 1) }
        #expect(names == ["a.heic", "b/1.png", "b/2.JPG"])
        #expect(findings == .init(items: 3, repeated: 1))
        #expect(items[0].source.files == [.init(slot: "photo-1", path: items[0].key)])
        #expect(items[0].source.subject == nil)
    }

    @Test func `for a set each folder with pictures is one item, named after it`() throws {
        let folder = try Self.folder(["car-1/2.jpg": "", "car-1/1.jpg": "", "car-2/1.jpg": "", "empty/x.txt": ""])
        let (items, _) = try Self.read([""], in: folder, sets: true)
        #expect(items.map(\.source.subject) == ["car-1", "car-2"])
        #expect(items[0].source.files.map(\.slot) == ["photo-1", "photo-2"])
        #expect(items[0].source.files[0].path?.hasSuffix("car-1/1.jpg") == true)
        #expect(throws: Failure.self) { try Self.read(["car-1/1.jpg"], in: folder, sets: true) }
    }

    @Test func `a table names files beside it, or blobs`() throws {
        let hash = String(repeating: "a", count: 64)
        let folder = try Self.folder([
            "m.csv": #"""
            \#u{FEFF}file,sha256,subject,key,price
            "a, b.jpg",,car-1,first,"1 ""x"""
            ,\#(hash),,,
            /abs/c.jpg
            """#
        ])
        let (items, _) = try Self.read(["m.csv"], in: folder)
        let base = folder.url.standardizedFileURL.path
        #expect(items.map(\.key) == ["first", hash, "/abs/c.jpg"])
        #expect(items[0].source == .init(subject: "car-1", files: [.init(slot: "photo-1", path: "\(base)/a, b.jpg")]))
        #expect(items[1].source.files[0].sha256 == hash)
        #expect(
            try Self.read(["m.csv"], in: folder, subject: "all").items.map(\.source.subject) == ["all", "all", "all"])
    }

    @Test func `rows of one key are one set, wherever they stand`() throws {
        let folder = try Self.folder([
            "m.csv": "key,file,slot\r\nx,1.jpg,front\r\ny,2.jpg,\r\nx,3.jpg,\r\n",
            "m.jsonl": #"{"key": "z", "files": ["1.jpg", "2.jpg"], "options": {"edge": 1}, "more": 3}"# + "\n\n",
        ])
        let (items, _) = try Self.read(["m.csv", "m.jsonl"], in: folder, sets: true)
        #expect(items.map(\.key) == ["x", "y", "z"])
        #expect(items[0].source.files.map(\.slot) == ["front", "photo-2"])
        #expect(items[0].source.subject == "x")
        #expect(items[2].source.options == ["edge": 1])
        #expect(items[2].source.files.map(\.slot) == ["photo-1", "photo-2"])
    }

    @Test(arguments: [
        ("m.csv", "file\na.jpg\nb.jpg,c\n", "line 3"), ("m.csv", "file,sha256\n\n,\n", "line 3"),
        ("m.csv", "file\n\"a.jpg\n", "Line 2"), ("m.csv", "file\n\"a\"b\n", "Line 2"),
        ("m.jsonl", "{\"file\": \"a\"}\n{]\n", "line 2"), ("m.jsonl", "{\"file\": 7}", "line 1"),
        ("m.jsonl", "{\"file\": \"a\", \"sha256\": \"b\"}", "line 1"),
    ])
    func `a mistake is told with its line`(name: String, text: String, place: String) throws {
        let folder = try Self.folder([name: text])
        let failure = #expect(throws: Failure.self) { try Self.read([name], in: folder) }
        #expect(failure?.summary.lowercased().contains(place.lowercased()) == true, "\(failure?.summary ?? "")")
    }

    @Test func `a source that is not there is named`() throws {
        let folder = try TemporaryFolder()
        let failure = #expect(throws: Failure.self) { try Self.read(["none"], in: folder) }
        #expect(failure?.code == .inputUnreadable)
    }

    @Test func `long names are cut to what an index takes, and stay different`() throws {
        let long = String(repeating: "ü", count: 2000)
        let (one, other) = (try ItemKey.short(long + "1"), try ItemKey.short(long + "2"))
        #expect(one != other && one.utf8.count <= ItemKey.longest)
        #expect(try ItemKey.short("short") == "short")
        #expect(throws: Failure.self) { try ItemKey.short("") }
    }

    @Test func `what is written as a table reads as it was, and begins no formula`() throws {
        let cells = ["plain", "a,b", "say \"x\"", "two\nlines", "", "ü"]
        var read: [[String: String]] = []
        try CSV.read(CSV.line(["1", "2", "3", "4", "5", "6"]) + CSV.line(cells)) { cells, _ in read.append(cells) }
        #expect(read == [["1": "plain", "2": "a,b", "3": "say \"x\"", "4": "two\nlines", "6": "ü"]])
        #expect(CSV.line(["=1+1", "-x"]) == "'=1+1,'-x\r\n")
    }
}
