/// What decides a result's bytes. Equal material means an equal result, so a hit completes a job without running it.
public struct CacheKey: Sendable, Equatable, Codable {
    public let kind: Kind
    public let identity: [String]
    public let options: JSONValue
    public let inputs: [Input]

    public struct Input: Sendable, Equatable, Codable {
        public let slot: String
        public let name: String
        public let sha256: String
        public init(slot: String, name: String, sha256: String) {
            (self.slot, self.name, self.sha256) = (slot, name, sha256)
        }
    }

    public init(kind: Kind, identity: [String], options: JSONValue, inputs: [Input]) {
        (self.kind, self.identity, self.options, self.inputs) = (kind, identity, options, inputs)
    }
}
