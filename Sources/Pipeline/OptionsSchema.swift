/// A kind's options as data: what `rundum kinds` prints, the API serves as JSON Schema, and unknown keys are refused by.
public struct OptionsSchema: Sendable, Equatable {
    public let fields: [OptionField]
    public init(_ fields: [OptionField]) { self.fields = fields }

    public subscript(name: String) -> OptionField? { fields.first { $0.name == name } }
}

/// One option: its name, type, range, default and help.
public struct OptionField: Sendable, Equatable {
    public enum ValueType: Sendable, Equatable {
        case boolean
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        case string(maxLength: Int)
        case choice([String])
        case strings(allowed: [String]?)
        /// One of our studios, or `own:NAME` with or without `@VERSION`: a tenant's own background.
        case background([String])
    }

    public let name: String
    public let type: ValueType
    public let defaultValue: JSONValue
    public let help: String

    public init(_ name: String, _ type: ValueType, default defaultValue: JSONValue, _ help: String) {
        (self.name, self.type, self.defaultValue, self.help) = (name, type, defaultValue, help)
    }
}

extension OptionsSchema {
    /// JSON Schema (draft 2020-12) of an options object.
    public var jsonSchema: JSONValue {
        let properties = fields.map { ($0.name, $0.jsonSchema) }
        return [
            "type": "object", "additionalProperties": false,
            "properties": .object(Dictionary(properties) { first, _ in first }),
        ]
    }

    /// Refuses keys that no field names and values that a field does not allow.
    public func check(_ options: JSONValue) throws(Failure) {
        if let fault = fault(in: options) { throw fault.failure }
    }

    /// The first thing that `check` refuses, and the option that it is about; nil when all is well.
    public func fault(in options: JSONValue) -> (key: String?, failure: Failure)? {
        guard case .object(let members) = options else {
            return (nil, Failure(.invalidOptions, "The options must be a JSON object."))
        }
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            guard let field = self[key] else {
                let known = fields.map(\.name).joined(separator: ", ")
                return (
                    key, Failure(.unknownOption, "There is no option \(key).", hint: "Options are: \(known).")
                )
            }
            guard value == .null || field.allows(value) else {
                return (key, Failure(.invalidOptions, "The option \(key) must be \(field.constraint)."))
            }
        }
        return nil
    }

    /// The value that the text of `--set key=value` stands for.
    public func parse(_ text: String, for key: String) throws(Failure) -> JSONValue {
        guard let field = self[key] else {
            let known = fields.map(\.name).joined(separator: ", ")
            throw Failure(.unknownOption, "There is no option \(key).", hint: "Options are: \(known).")
        }
        guard let value = field.value(of: text), field.allows(value) else {
            throw Failure(
                .invalidOptions, "The option \(key) must be \(field.constraint), not \(text.debugDescription).")
        }
        return value
    }
}

extension OptionField {
    /// JSON Schema of one option.
    public var jsonSchema: JSONValue {
        var members: [String: JSONValue] = ["description": .string(help), "default": defaultValue]
        switch type {
        case .boolean: members["type"] = "boolean"
        case .integer(let range):
            (members["type"], members["minimum"], members["maximum"]) = (
                "integer", .int(range.lowerBound), .int(range.upperBound)
            )
        case .number(let range):
            (members["type"], members["minimum"], members["maximum"]) = (
                "number", .number(range.lowerBound), .number(range.upperBound)
            )
        case .string(let maxLength): (members["type"], members["maxLength"]) = ("string", .int(maxLength))
        case .background(let names):
            members["type"] = "string"
            members["anyOf"] = [
                ["enum": .array(names.map { .string($0) })],
                ["pattern": #"^own:[a-z0-9][a-z0-9.-]{0,63}(@[1-9][0-9]{0,8})?$"#],
            ]
        case .choice(let names): (members["type"], members["enum"]) = ("string", .array(names.map { .string($0) }))
        case .strings(let allowed):
            var items: [String: JSONValue] = ["type": "string"]
            if let allowed { items["enum"] = .array(allowed.map { .string($0) }) }
            (members["type"], members["items"]) = ("array", .object(items))
        }
        if defaultValue == .null, let type = members["type"] { members["type"] = .array([type, "null"]) }
        return .object(members)
    }

    /// The rule in words, for errors and help: `one of a, b`, `a number from 0 to 1`.
    public var constraint: String {
        switch type {
        case .boolean: "true or false"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .string(let maxLength): "text of at most \(maxLength) characters"
        case .choice(let names): "one of \(names.joined(separator: ", "))"
        case .background(let names): "one of \(names.joined(separator: ", ")), or own:NAME of your own"
        case .strings(let allowed): "a list" + (allowed.map { " of \($0.joined(separator: ", "))" } ?? "")
        }
    }

    func allows(_ value: JSONValue) -> Bool {
        switch type {
        case .boolean: value.boolValue != nil
        case .integer(let range): value.intValue.map(range.contains) ?? false
        case .number(let range): value.doubleValue.map(range.contains) ?? false
        case .string(let maxLength): value.stringValue.map { $0.count <= maxLength } ?? false
        case .choice(let names): value.stringValue.map(names.contains) ?? false
        case .background(let names):
            value.stringValue.map { names.contains($0) || Background.names(reference: $0) } ?? false
        case .strings(let allowed):
            value.arrayValue?.allSatisfy { item in
                guard let text = item.stringValue else { return false }
                return allowed?.contains(text) ?? true
            } ?? false
        }
    }

    fileprivate func value(of text: String) -> JSONValue? {
        switch type {
        case .boolean: Bool(text).map { .bool($0) }
        case .integer: Int(text).map { .int($0) }
        case .number: Double(text).map { .number($0) }
        case .string, .choice, .background: .string(text)
        case .strings: .array(text.split(separator: ",").map { .string(String($0)) })
        }
    }
}
