/// Where the API listens, who may use it, and what bounds them.
public struct JobAPIConfiguration: Sendable {
    /// A numeric IPv4 or IPv6 address.
    public var address: String
    /// 0 takes a free port.
    public var port: UInt16
    /// Other addresses than loopback are refused unless this is set: the API speaks plain HTTP, so TLS must be in front.
    public var allowsOutsideAccess = false
    /// Without keys everything but `/healthz` is refused.
    public var keys: [APIKey]
    /// Polling threads; they only move bytes.
    public var threads = 2
    public var limits = APILimits()
    /// Called once for each answered request, on any thread; must not block.
    public var onRequest: (@Sendable (RequestRecord) -> Void)?

    public init(address: String = "127.0.0.1", port: UInt16 = 8080, keys: [APIKey] = []) {
        (self.address, self.port, self.keys) = (address, port, keys)
    }

    var isLoopback: Bool { address == "::1" || address.hasPrefix("127.") }
}

/// One answered request, for a log or a meter; nothing in it is secret.
public struct RequestRecord: Sendable, Equatable {
    public let method: String
    /// The route's template, such as `/v1/jobs/{id}`; nil for an unknown address.
    public let route: String?
    public let status: Int
    public let seconds: Double
    public let tenant: String?
    /// For operators: why it was refused or failed.
    public let failure: String?
}
