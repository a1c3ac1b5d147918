import Foundation
import Pipeline
import Testing

@Suite struct OptionsSchemaTests {
    static let schema = OptionsSchema([
        OptionField("model", .choice(["full", "fast"]), default: "full", "The network."),
        OptionField("feather", .number(0...2.5), default: 0.5, "Softness in pixels."),
        OptionField("count", .integer(1...36), default: 8, "How many."),
        OptionField("shadow", .boolean, default: true, "Whether to draw one."),
        OptionField("title", .string(maxLength: 5), default: "", "A caption."),
        OptionField("profiles", .strings(allowed: ["listing", "thumb"]), default: ["listing"], "Which sizes."),
        OptionField("tags", .strings(allowed: nil), default: [], "Any words."),
    ])

    private func code(_ body: () throws -> Void) -> Failure.Code? {
        do { try body() } catch { return (error as? Failure)?.code }
        return nil
    }

    @Test(
        arguments: [
            [:], ["model": "fast"], ["feather": 0], ["feather": 2.5], ["count": 36], ["shadow": false],
            ["title": "Käfer"],
            ["profiles": []], ["profiles": ["thumb", "listing"]], ["tags": ["x", "y"]], ["model": .null],
            [
                "model": "full", "feather": 1.25, "count": 1, "shadow": true, "title": "", "profiles": ["thumb"],
                "tags": [],
            ],
        ] as [JSONValue])
    func `accepts what the fields allow`(options: JSONValue) {
        #expect(throws: Never.self) { try Self.schema.check(options) }
    }

    @Test(
        arguments: [
            ["model": "other"], ["model": 1], ["feather": -0.1], ["feather": 2.6], ["feather": "1"], ["count": 0],
            ["count": 37],
            ["count": 1.5], ["count": true], ["shadow": 1], ["shadow": "true"], ["title": "Beetle"],
            ["profiles": "thumb"],
            ["profiles": ["poster"]], ["profiles": [1]], ["tags": [["x"]]], [], "text", 1, .null,
        ] as [JSONValue])
    func `refuses what they do not`(options: JSONValue) {
        #expect(code { try Self.schema.check(options) } == .invalidOptions)
    }

    @Test func `names an unknown key and the known ones`() {
        #expect { try Self.schema.check(["fether": 1]) } throws: { error in
            let failure = error as? Failure
            return failure?.code == .unknownOption && failure?.summary.contains("fether") == true
                && failure?.hint?.contains("feather") == true
        }
    }

    @Test(
        arguments: [
            ("model", "fast", "fast"), ("feather", "0.25", 0.25), ("feather", "1", .number(1)), ("count", "36", 36),
            ("shadow", "false", false), ("title", "12", "12"), ("profiles", "thumb,listing", ["thumb", "listing"]),
            ("profiles", "", []),
        ] as [(String, String, JSONValue)])
    func `reads the text of --set`(key: String, text: String, value: JSONValue) throws {
        #expect(try Self.schema.parse(text, for: key) == value)
    }

    @Test(arguments: [
        ("model", "Fast"), ("feather", "soft"), ("feather", "nan"), ("feather", "1e9"), ("count", "8.0"), ("count", ""),
        ("count", "99999999999999999999"), ("shadow", "yes"), ("title", "too long"), ("profiles", "thumb,poster"),
    ])
    func `refuses text that does not fit, and says what would`(key: String, text: String) {
        #expect { try Self.schema.parse(text, for: key) } throws: { error in
            let failure = error as? Failure
            let rule = Self.schema[key]?.constraint ?? "?"
            return failure?.code == .invalidOptions && failure?.summary.contains(rule) == true
        }
    }

    @Test func `refuses text for a key that is not there`() {
        #expect(code { _ = try Self.schema.parse("1", for: "fether") } == .unknownOption)
    }

    @Test func `every default is allowed by its own field`() {
        for field in Self.schema.fields {
            #expect(throws: Never.self) { try Self.schema.check([field.name: field.defaultValue]) }
        }
    }

    @Test func `the JSON Schema is closed and has type, range, default and help of each field`() throws {
        let schema = Self.schema.jsonSchema
        #expect(schema["type"] == "object" && schema["additionalProperties"] == false)
        let properties = try #require(schema["properties"]?.objectValue)
        #expect(Set(properties.keys) == Set(Self.schema.fields.map(\.name)))
        #expect(
            properties["model"] == [
                "type": "string", "enum": ["full", "fast"], "default": "full", "description": "The network.",
            ])
        #expect(
            properties["count"] == [
                "type": "integer", "minimum": 1, "maximum": 36, "default": 8, "description": "How many.",
            ])
        #expect(properties["feather"]?["maximum"] == 2.5 && properties["feather"]?["type"] == "number")
        #expect(properties["shadow"]?["type"] == "boolean" && properties["title"]?["maxLength"] == 5)
        #expect(properties["profiles"]?["items"] == ["type": "string", "enum": ["listing", "thumb"]])
        #expect(properties["tags"]?["items"] == ["type": "string"])
    }

    @Test func `constraints are words for people`() {
        #expect(
            Self.schema.fields.map(\.constraint) == [
                "one of full, fast", "a number from 0.0 to 2.5", "a whole number from 1 to 36", "true or false",
                "text of at most 5 characters", Self.schema.fields[5].constraint, Self.schema.fields[6].constraint,
            ])
        #expect(Self.schema.fields[5].constraint.contains("listing"))
    }
}
