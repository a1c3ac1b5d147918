/// An upper bound that is known before any pixel is read; the worker admits, watches and ends an attempt by it.
public struct Budget: Sendable, Equatable, Codable {
    /// Pixels of the largest picture that is decoded (width x height).
    public var pixels: Int
    /// Resident bytes of the executor, models included.
    public var bytes: Int
    public var threads: Int
    public var wallSeconds: Double

    public init(pixels: Int, bytes: Int, threads: Int = 2, wallSeconds: Double) {
        (self.pixels, self.bytes, self.threads, self.wallSeconds) = (pixels, bytes, threads, wallSeconds)
    }
}
