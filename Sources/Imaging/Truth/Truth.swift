public import Pipeline

/// What was declared to be done to an object's own pixels, and how far its picture is from just that.
public struct Truth: Sendable, Equatable, Codable {
    /// One declared operation, in the order in which they act.
    public struct Operation: Sendable, Equatable, Codable {
        /// `resample`, `whiteBalance`, `tone`.
        public var name: String
        /// Of `resample`: target pixels a source pixel, and radians clockwise.
        public var scale, roll: Double?
        /// Of `tone`: y = g x / (1 + (g - 1) x) in linear light.
        public var gain: Double?
        /// Of `whiteBalance`, for red, green and blue: y = x (w + (1 - w) x^4) in linear light.
        public var gains: [Double]?

        public init(
            _ name: String, scale: Double? = nil, roll: Double? = nil, gain: Double? = nil, gains: [Double]? = nil
        ) {
            (self.name, self.scale, self.roll, self.gain, self.gains) = (name, scale, roll, gain, gains)
        }
    }

    /// The picture that the object's pixels come from.
    public struct Source: Sendable, Equatable, Codable {
        public var sha256: String
        /// Of the upright picture.
        public var width, height: Int

        public init(sha256: String, width: Int, height: Int) {
            (self.sha256, self.width, self.height) = (sha256, width, height)
        }
    }

    public var operations: [Operation]
    /// Over all channels, in steps of 8 bit: 0...255.
    public var maximumDeviation, meanDeviation: Double
    /// How many pixels inside the object were compared.
    public var pixels: Int
    public var source: Source

    public init(operations: [Operation], maximumDeviation: Double, meanDeviation: Double, pixels: Int, source: Source) {
        (self.operations, self.source, self.pixels) = (operations, source, pixels)
        (self.maximumDeviation, self.meanDeviation) = (maximumDeviation, meanDeviation)
    }

    /// The largest deviation that the declared operations explain.
    ///
    /// Both sides resample alike, so only rounding is left: to 8 bits at most 0.5, and of sums of up to 144 floats of
    /// 0...255 less than 0.05 on either side. The smallest change that a person could make is 1.
    public static let bound = 0.6

    /// Nothing but the declared operations acted; false too where nothing could be compared.
    public var holds: Bool { pixels > 0 && maximumDeviation <= Self.bound }

    /// Nil when it holds.
    public func flag(slot: String?) -> ReviewFlag? {
        if holds { return nil }
        let summary =
            pixels > 0
            ? "The picture changes the object's own pixels by more than its declared operations."
            : "No pixel of the object could be compared with its photo."
        return ReviewFlag(
            code: Self.reviewCode, summary: summary, hint: "Compare it with the photo before it goes online.",
            slot: slot)
    }

    /// Wire name of the flag.
    public static let reviewCode = "truth_guard"
}
