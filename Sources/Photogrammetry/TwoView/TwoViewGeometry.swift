internal import CVShim
internal import Imaging
public import Pipeline

/// What matched places of two pictures tell about their cameras.
public struct TwoViewGeometry: Sendable {
    public enum Kind: Sendable, Equatable {
        /// Too few matches agree on anything.
        case none
        /// Points in depth.
        case general
        /// Everything that matched lies on one plane; the pose may be one of two.
        case planar
        /// Both pictures were taken from one place; there is no depth in them.
        case rotation
    }

    public let kind: Kind
    /// The second camera in the axes of the first; the translation has length 1, or 0 for a rotation.
    public let pose: Pose
    /// Indices of the matches that agree.
    public let agreeing: [Int]
    /// Median angle in radians between the two rays of a point.
    public let angle: Double
    /// How well all matches agree, 0 ... their number.
    public let support: Double

    /// Finds the pose from places (x and y in pixels) that were matched.
    ///
    /// Essential matrix and homography by MAGSAC++, a fixed seed, the model by Torr's GRIC; see `cvs_two_view`.
    ///
    /// - Parameters:
    ///   - reach: largest distance in pixels from the model.
    ///   - least: fewer matches that agree are no geometry; at least 8.
    public init(
        first: [SIMD2<Double>], second: [SIMD2<Double>], optics: (Intrinsics, Intrinsics), reach: Double = 3,
        least: Int = 15, iterations: Int = 3_000, cancel: CancelFlag? = nil
    ) throws(Failure) {
        let still = Pose(rotation: .identity, translation: .zero)
        var cameras = (
            CVSCamera(Camera(intrinsics: optics.0, pose: still)), CVSCamera(Camera(intrinsics: optics.1, pose: still))
        )
        var options = CVSTwoViewOptions(
            reach: reach, least: Int32(clamping: least), iterations: Int32(clamping: iterations), seed: 4_711)
        var result = CVSTwoView()
        let count = min(first.count, second.count)
        var agrees = [UInt8](repeating: 0, count: max(count, 1))
        let (flatFirst, flatSecond) = (flattened(first), flattened(second))
        try withCancelAddress(cancel) { flag throws(Failure) in
            try checkShim { error in
                cvs_two_view(
                    flatFirst, flatSecond, Int32(clamping: count), &cameras.0, &cameras.1, &options, &result, &agrees,
                    flag, error)
            }
        }
        kind =
            switch result.kind {
            case .none: .none
            case .general: .general
            case .planar: .planar
            case .rotation: .rotation
            }
        let turn = result.rotation
        pose = Pose(
            rotation: Rotation(rows: [
                [turn.0, turn.1, turn.2], [turn.3, turn.4, turn.5], [turn.6, turn.7, turn.8],
            ]), translation: [result.translation.0, result.translation.1, result.translation.2])
        agreeing = (0..<count).filter { agrees[$0] == 1 }
        (angle, support) = (result.angle, result.support)
    }
}

/// x and y in turn; never empty, so that it has an address.
func flattened(_ places: [SIMD2<Double>]) -> [Double] {
    var numbers: [Double] = []
    numbers.reserveCapacity(2 * places.count + 1)
    for place in places {
        numbers.append(place.x)
        numbers.append(place.y)
    }
    return numbers + [0]
}
