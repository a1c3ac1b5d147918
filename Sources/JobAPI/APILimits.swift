/// What bounds a caller: sizes, times and numbers of connections.
public struct APILimits: Sendable, Equatable {
    /// Bytes of a JSON body.
    public var jsonBytes = 1 << 20
    /// Bytes of a blob.
    public var blobBytes = 256 << 20
    /// Bytes of a URL with its query.
    public var urlBytes = 4096
    /// Bytes of header and I/O buffer of one connection.
    public var connectionMemory = 32 << 10
    /// Open connections in all, waiting ones included.
    public var connections = 2048
    /// Open connections of one address; a proxy in front is one address.
    public var connectionsPerAddress = 1024
    /// Seconds from accepting a connection to the end of its first header.
    public var headerSeconds = 10.0
    /// Seconds that a connection may be silent, or stay open between two requests.
    public var idleSeconds = 60.0
    /// Seconds that any body or answer may take, besides what `slowestBytesPerSecond` allows.
    public var transferSeconds = 30.0
    /// A body or an answer that is slower than this on average is cut off.
    public var slowestBytesPerSecond = 8192.0
    /// The longest `?wait=`.
    public var waitSeconds = 60
    /// Seconds between two looks at the queue for all waiting callers together.
    public var watchSeconds = 0.2
    /// Seconds that `stop` leaves to running requests.
    public var drainSeconds = 10.0

    public init() {}
}

extension APILimits {
    /// When `bytes` must have passed.
    func transferDeadline(bytes: Int) -> ContinuousClock.Instant {
        .now + .seconds(transferSeconds + Double(bytes) / slowestBytesPerSecond)
    }
}
