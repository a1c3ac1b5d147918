import Pipeline
import Testing

@testable import Runner

/// How words become operands and options.
@Suite struct ArgumentsTests {
    let options = [
        Option("--out", "DIR", "Where to."), Option("--set", "KEY=VALUE", "Again."), Option("--json", "JSON."),
    ]

    @Test func `sorts operands, values and switches in any order`() throws {
        let arguments = try Arguments(
            ["a.jpg", "--out", "x", "--json", "b.jpg", "--set=k=v", "--set", "l=w"], options: options)
        #expect(arguments.operands == ["a.jpg", "b.jpg"])
        #expect(arguments.value("--out") == "x")
        #expect(arguments.all("--set") == ["k=v", "l=w"])
        #expect(arguments.has("--json"))
    }

    @Test func `takes everything after two dashes as operands, and a single dash too`() throws {
        let arguments = try Arguments(["-", "--", "--out", "-x"], options: options)
        #expect(arguments.operands == ["-", "--out", "-x"])
    }

    @Test(arguments: [["--uot", "x"], ["--out"], ["--json=1"]])
    func `refuses what it does not know`(words: [String]) {
        #expect(throws: Failure.self) { try Arguments(words, options: options) }
    }

    @Test func `names the nearest option`() throws {
        let failure = #expect(throws: Failure.self) { try Arguments(["--jsn"], options: options) }
        #expect(failure?.hint == "Did you mean --json?")
        #expect(nearest(to: "zzzzzz", among: ["--json"]) == nil)
    }

    @Test func `reads whole numbers in their range only`() throws {
        let number = [Option("--port", "N", "Port.")]
        #expect(try Arguments(["--port", "80"], options: number).integer("--port", in: 0...99) == 80)
        #expect(try Arguments([], options: number).integer("--port", in: 0...99) == nil)
        for word in ["100", "-1", "x", ""] {
            #expect(throws: Failure.self) {
                try Arguments(["--port", word], options: number).integer("--port", in: 0...99)
            }
        }
    }

    @Test func `asks for what is missing`() throws {
        let failure = #expect(throws: Failure.self) { try Arguments([], options: options).require(options[0]) }
        #expect(failure?.summary == "--out DIR is missing.")
    }

    @Test func `finds commands of one and two words`() {
        #expect(Dispatcher.find(["jobs", "list", "--json"])?.0.name == "jobs list")
        #expect(Dispatcher.find(["showroom", "a.jpg"])?.1 == ["a.jpg"])
        #expect(Dispatcher.find(["jobs"]) == nil)
    }

    @Test func `option words follow the schema`() throws {
        let options = try OptionWords.decode(ShowroomOptions.self, ["model=u2netp"])
        #expect(options.model == "u2netp" && options.precision == "auto")
        for words in [["model"], ["=x"], ["modle=u2net"], ["precision=f64"]] {
            #expect(throws: Failure.self) { try OptionWords.decode(ShowroomOptions.self, words) }
        }
    }
}
