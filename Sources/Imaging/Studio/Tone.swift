internal import CVShim
internal import Foundation
public import Pipeline

/// Gains of the three channels in linear light: y = x (w + (1 - w) x^4), so that white stays white.
public struct WhiteBalance: Sendable, Equatable, Codable {
    public var red, green, blue: Double

    public init(red: Double, green: Double, blue: Double) { (self.red, self.green, self.blue) = (red, green, blue) }

    /// Changes nothing.
    public static let none = WhiteBalance(red: 1, green: 1, blue: 1)
    /// The largest and smallest gain that is ever set.
    public static let bounds = 0.9...1.1

    public var gains: [Double] { [red, green, blue] }
}

/// What a cut-out says of its exposure and of the light's colour.
public struct ToneMeasure: Sendable, Equatable {
    /// Median luminance (Rec. 709, linear light, 0...1) of the opaque pixels; 0 without any.
    public let luminance: Double
    /// The luminance that 2 % of them exceed: sky in glass and paint, lamps, plates; nearly the same for all paints.
    public let highlight: Double
    /// Log of red over green and of blue over green of what ought to be grey, and how sure that is, 0...1.
    public struct Cast: Sendable, Equatable {
        public var red, blue, weight: Double

        public init(red: Double, blue: Double, weight: Double) {
            (self.red, self.blue, self.weight) = (red, blue, weight)
        }
    }
    /// Of dark parts (tyres, trim, glass), and of the lighter ones near grey.
    public let dark, light: Cast

    public init(luminance: Double, highlight: Double, dark: Cast, light: Cast) {
        (self.luminance, self.highlight, self.dark, self.light) = (luminance, highlight, dark, light)
    }

    /// Measures an RGBA cut-out.
    public init(_ cutout: Bitmap, cancel: CancelFlag? = nil) throws(Failure) {
        var tone = CVSTone()
        try withCancelAddress(cancel) { cancel throws(Failure) in
            try checkShim { error in cvs_scene_tone(cutout.handle, cancel, &tone, error) }
        }
        self.init(
            luminance: tone.median, highlight: tone.highlight,
            dark: Cast(red: tone.dark_red, blue: tone.dark_blue, weight: tone.dark_weight),
            light: Cast(red: tone.light_red, blue: tone.light_blue, weight: tone.light_weight))
    }
}

extension WhiteBalance {
    /// The gains that bring grey parts of these cut-outs of one car more than half of the way to grey, within `bounds`.
    ///
    /// Light colours tyres and paint alike; paint colours only itself. So a cast counts as far as dark and light parts
    /// agree on it: a red car stays red, a pale blue one pale blue.
    public static func neutral(_ measures: [ToneMeasure]) -> WhiteBalance {
        let (dark, light) = (mean(measures.map(\.dark)), mean(measures.map(\.light)))
        let red = agreed(dark.red, light.red, light.weight)
        let blue = agreed(dark.blue, light.blue, light.weight)
        let trust = 0.6 * min(1, dark.weight / 0.35)
        // Luminance stays: the weighted mean of the gains is 1.
        let gains = [exp(-trust * red), 1, exp(-trust * blue)]
        let level = 0.2126 * gains[0] + 0.7152 * gains[1] + 0.0722 * gains[2]
        func bounded(_ gain: Double) -> Double {
            let gain = min(max(gain / level, bounds.lowerBound), bounds.upperBound)
            return (gain * 1000).rounded() / 1000
        }
        return WhiteBalance(red: bounded(gains[0]), green: bounded(gains[1]), blue: bounded(gains[2]))
    }

    private static func mean(_ casts: [ToneMeasure.Cast]) -> ToneMeasure.Cast {
        let weight = casts.reduce(0) { $0 + $1.weight }
        guard weight > 0 else { return ToneMeasure.Cast(red: 0, blue: 0, weight: 0) }
        return ToneMeasure.Cast(
            red: casts.reduce(0) { $0 + $1.red * $1.weight } / weight,
            blue: casts.reduce(0) { $0 + $1.blue * $1.weight } / weight, weight: weight / Double(casts.count))
    }

    /// The smaller of two casts of one sign; half of the dark parts' where no paint is near grey.
    private static func agreed(_ dark: Double, _ light: Double, _ lightWeight: Double) -> Double {
        if lightWeight < 0.12 { return dark / 2 }
        return dark * light <= 0 ? 0 : abs(dark) < abs(light) ? dark : light
    }
}

extension ToneMeasure {
    /// Where highlights of a well exposed car lie, in linear light, whatever its paint: white ones at the upper end.
    static let goodHighlights = 0.55...0.93

    /// The tone gain that brings the highlights half of the way to where they belong, within 0.93...1.25: what is
    /// clipped already gets no detail from being darkened.
    public var gain: Double {
        guard highlight > 0.02, highlight < 0.999 else { return 1 }
        let goal = min(max(highlight, Self.goodHighlights.lowerBound), Self.goodHighlights.upperBound)
        let whole = goal * (1 - highlight) / (highlight * (1 - goal))
        return (min(max(whole.squareRoot(), 0.93), 1.25) * 1000).rounded() / 1000
    }
}
