import Foundation
import Pipeline
import Testing

@Suite struct `Names in a library` {
    @Test(
        arguments: [
            ("hall", "hall", nil), ("hall@2", "hall", 2), ("a.b-3@10", "a.b-3", 10), ("9", "9", nil),
        ] as [(String, String, Int?)])
    func `are read with their version`(text: String, name: String, version: Int?) {
        let reference = LibraryReference(text)
        #expect(reference == LibraryReference(name: name, version: version))
        #expect(reference?.description == text)
    }

    @Test(arguments: [
        "", "@", "hall@", "hall@0", "hall@-1", "hall@01", "hall@1@2", "hall@x", "Hall", "ha ll", "-hall", ".hall",
        "default", "default@1", "../hall", "hal\u{0}l", "hall@99999999999", String(repeating: "a", count: 65), "häll",
    ])
    func `are nothing else`(text: String) {
        #expect(LibraryReference(text) == nil)
    }

    @Test func `of backgrounds stand behind own`() throws {
        #expect(try Background.reference(in: "own:hall@2") == LibraryReference(name: "hall", version: 2))
        #expect(try Background.reference(in: "studio-light") == nil)
        #expect(try Background.reference(in: nil) == nil && Background.reference(in: 3) == nil)
        let failure = #expect(throws: Failure.self) { try Background.reference(in: "own:../x") }
        #expect(failure?.code == .invalidOptions)
    }
}

@Suite struct `A recipe file` {
    @Test func `is read whole`() throws {
        let draft = try RecipeDraft(
            json: ["name": "house", "version": 3, "workflow": "showroom", "options": ["a": 1], "abstract": "Ours."])
        #expect(
            draft
                == RecipeDraft(name: "house", version: 3, workflow: "showroom", options: ["a": 1], abstract: "Ours."))
        #expect(try RecipeDraft(json: ["name": "house", "workflow": "showroom"]).options == [:])
    }

    @Test(
        arguments: [
            ([], "object"), (["workflow": "s"], "name"), (["name": "House", "workflow": "s"], "name"),
            (["name": "h"], "workflow"), (["name": "h", "workflow": "s", "versoin": 1], "versoin"),
            (["name": "h", "workflow": "s", "version": 0], "version"),
            (["name": "h", "workflow": "s", "version": "1"], "version"),
            (["name": "h", "workflow": "s", "abstract": 4], "abstract"),
        ] as [(JSONValue, String)])
    func `is refused with the member that is wrong`(json: JSONValue, word: String) {
        let failure = #expect(throws: Failure.self) { try RecipeDraft(json: json) }
        #expect(failure?.code == .invalidRequest && failure?.summary.contains(word) == true)
    }

    @Test func `has one canonical form, and lies under what a request says`() throws {
        let one = RecipeDraft(name: "h", workflow: "s", options: ["b": 2, "a": 1, "c": .null]).recipe(version: 1)
        #expect(
            String(decoding: try one.canonicalJSON(), as: UTF8.self)
                == #"{"abstract":"","name":"h","options":{"a":1,"b":2},"version":1,"workflow":"s"}"#)
        #expect(one.options(under: ["b": 3, "d": 4]) == ["a": 1, "b": 3, "d": 4])
    }
}

@Suite struct `A background` {
    @Test func `needs a name, places in range and enough pixels`() {
        let cases: [(String, Double, Double?, Int, Failure.Code)] = [
            ("Hall", 0.8, nil, 1600, .invalidRequest), ("hall", 0.2, nil, 1600, .invalidRequest),
            ("hall", .nan, nil, 1600, .invalidRequest), ("hall", 0.8, 1.5, 1600, .invalidRequest),
            ("hall", 0.8, 0, 600, .imageTooSmall),
        ]
        for (name, floor, light, width, code) in cases {
            let failure = #expect(throws: Failure.self) {
                try BackgroundDraft(name: name, sha256: "", floor: floor, lightX: light, width: width, height: 900)
            }
            #expect(failure?.code == code)
        }
    }

    @Test func `is a job's input that says its version`() throws {
        let draft = try BackgroundDraft(name: "hall", sha256: "ab", floor: 0.8, lightX: nil, width: 1600, height: 900)
        let input = draft.background(version: 2).input
        #expect(input == JobInput(slot: "background", name: "hall@2", source: .blob(sha256: "ab")))
    }
}
