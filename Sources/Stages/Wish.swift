/// An option that may be left to the stage: null in JSON is automatic.
public enum Wish<Value: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
    case automatic
    case value(Value)

    public var value: Value? { if case .value(let value) = self { value } else { nil } }

    public init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        self = box.decodeNil() ? .automatic : .value(try box.decode(Value.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        if let value { try box.encode(value) } else { try box.encodeNil() }
    }
}
