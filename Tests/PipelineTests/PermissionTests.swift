import Foundation
import Testing

@testable import Pipeline

/// What a stage asks of its callers.
@Suite struct PermissionTests {
    private struct Teller: Stage {
        struct Options: StageOptions {
            var tells = false
            static let schema = OptionsSchema([OptionField("tells", .boolean, default: false, "Tells it.")])
        }
        static let kind: Kind = "teller"
        static let version = 1
        static let abstract = "Tells."
        static let arity = InputArity.one
        static let secret = Permission(rawValue: "secrets")
        static func budget(for options: Options) -> Budget { Budget(pixels: 1, bytes: 1, wallSeconds: 1) }
        static func permissions(for options: Options) -> Set<Permission> { options.tells ? [secret] : [] }
        static let guarded: [Permission: Set<String>] = [secret: ["text"]]
        func run(_ options: Options, in context: StageContext) async throws(Failure) -> [String] { [] }
    }

    private var stage: any AnyStage {
        get throws {
            var registry = StageRegistry()
            registry.register(Teller())
            registry.register(SampleStage())
            return try registry.stage("teller")
        }
    }

    @Test func `are asked for by options, with their defaults`() throws {
        #expect(try stage.permissions(for: [:]).isEmpty)
        #expect(try stage.permissions(for: ["tells": true]) == [Teller.secret])
        #expect(throws: Failure.self) { try stage.permissions(for: ["shouts": true]) }
    }

    @Test func `hide members at any depth from who lacks them`() throws {
        let data: JSONValue = ["plates": [["text": "A", "box": [1]], ["box": [2]]], "text": "B", "mark": "m"]
        #expect(try stage.shown(data, to: [Teller.secret]) == data)
        #expect(try stage.shown(data, to: []) == ["plates": [["box": [1]], ["box": [2]]], "mark": "m"])
        #expect(try stage.shown(.null, to: []) == .null)
    }
}
