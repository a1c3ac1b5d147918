internal import CVShim
public import Pipeline

/// What a picture may cost, checked on its header before any pixel is read.
public struct ImageLimits: Sendable, Equatable {
    /// Stored width x height.
    public var pixels: Int
    /// Size of the encoded file.
    public var fileBytes: Int

    /// - Parameters:
    ///   - pixels: 100 million by default, a little over the largest phone picture's 50 million twice.
    ///   - fileBytes: 256 MiB by default.
    public init(pixels: Int = 100_000_000, fileBytes: Int = 256 << 20) {
        (self.pixels, self.fileBytes) = (pixels, fileBytes)
    }

    public init(_ budget: Budget) { self.init(pixels: budget.pixels) }

    var shim: CVSLimits { CVSLimits(pixels: Int64(pixels), file_bytes: Int64(fileBytes)) }
}
