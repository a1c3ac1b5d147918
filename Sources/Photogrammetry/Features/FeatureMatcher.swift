public import Imaging
public import Pipeline

/// A place in a picture that can be found again in another.
public struct Keypoint: Sendable, Equatable {
    /// In pixels, pixel centres at whole numbers.
    public let place: SIMD2<Double>
    /// Diameter of what was looked at, in pixels.
    public let size: Double
    /// sRGB at the place.
    public let colour: SIMD3<UInt8>

    public init(place: SIMD2<Double>, size: Double, colour: SIMD3<UInt8>) {
        (self.place, self.size, self.colour) = (place, size, colour)
    }
}

/// Two keypoints, one of each of two pictures, that look alike.
public struct FeatureMatch: Sendable, Equatable {
    public let first: Int32
    public let second: Int32
    /// How unlike they are, 0 for equal; comparable between matches of one matcher.
    public let distance: Float

    public init(first: Int32, second: Int32, distance: Float) {
        (self.first, self.second, self.distance) = (first, second, distance)
    }
}

/// Two known cameras and the depths between which their pictures show the same.
public struct MatchGuide: Sendable {
    public let first: Camera
    public let second: Camera
    /// Largest distance from the epipolar line in pixels.
    public let reach: Double
    /// Along the first camera's axis, above 0.
    public let depths: ClosedRange<Double>

    public init(first: Camera, second: Camera, reach: Double, depths: ClosedRange<Double>) {
        (self.first, self.second, self.reach, self.depths) = (first, second, reach, depths)
    }

    /// Whether a place of the second picture lies along what a place of the first one may show.
    func allows(_ place: SIMD2<Double>, _ other: SIMD2<Double>) -> Bool {
        let ray = first.intrinsics.direction(of: place)
        let ends = [depths.lowerBound, depths.upperBound].compactMap { depth in
            second.pixel(of: first.pose.rotation.inverse * (depth * ray - first.pose.translation))
        }
        guard ends.count == 2 else { return false }
        let (along, away) = (ends[1] - ends[0], other - ends[0])
        let share = (along * away).sum() / max((along * along).sum(), 1e-12)
        let nearest = ends[0] + min(max(share, 0), 1) * along
        return ((other - nearest) * (other - nearest)).sum() <= reach * reach
    }
}

/// Finds places in pictures, and says which places of two pictures are the same; `SiftMatcher`, or a network.
public protocol FeatureMatcher: Sendable {
    /// What was found in one picture.
    associatedtype Found: Sendable

    /// Looks for features; where `mask` (1 channel, the picture's size) is below 128 there are none.
    func features(in picture: Bitmap, mask: Bitmap?, cancel: CancelFlag?) throws(Failure) -> Found

    func keypoints(of found: Found) -> [Keypoint]

    /// Pairs that are each other's best, each keypoint at most once, in the order of `first`.
    func matches(_ first: Found, _ second: Found, cancel: CancelFlag?) throws(Failure) -> [FeatureMatch]

    /// The same where both cameras are known.
    func matches(
        _ first: Found, _ second: Found, guide: MatchGuide, cancel: CancelFlag?
    ) throws(Failure) -> [FeatureMatch]
}
