internal import Foundation
internal import Pipeline

/// Finds a focal length of which nothing is known, roughly: the one that the matches of some pairs agree with best.
struct FocalScan: Sendable {
    /// Places that were matched in two pictures of the same optics.
    struct Matched: Sendable {
        let first: [SIMD2<Double>]
        let second: [SIMD2<Double>]
    }

    /// A focal length with a larger sigma is looked for.
    static let vague = 0.2
    /// Matches of a pair that are looked at.
    private static let sample = 400
    /// Focal lengths that are tried, over the longest side: of wide phones to short telephoto lenses.
    private static let shares = (0..<9).map { 0.6 * pow(1.22, Double($0)) }

    /// The focal length in pixels that explains most matches; the optics' own where there is nothing to tell by.
    ///
    /// - Parameter reach: pixels that a match may lie from its epipolar line.
    static func focal(
        of optics: Intrinsics, _ pairs: [Matched], reach: Double, cancel: CancelFlag?
    ) throws(Failure) -> Double {
        let longest = Double(max(optics.width, optics.height))
        var best = (support: 0.0, focal: optics.focal)
        for share in shares {
            var tried = optics
            tried.focal = share * longest
            var support = 0.0
            for pair in pairs {
                let step = max(1, pair.first.count / sample)
                let picked = Array(stride(from: 0, to: pair.first.count, by: step))
                let geometry = try TwoViewGeometry(
                    first: picked.map { pair.first[$0] }, second: picked.map { pair.second[$0] },
                    optics: (tried, tried),
                    reach: reach, least: 8, iterations: 600, cancel: cancel)
                support += geometry.support / Double(max(picked.count, 1))
            }
            if support > best.support { best = (support, tried.focal) }
        }
        return best.focal
    }
}
