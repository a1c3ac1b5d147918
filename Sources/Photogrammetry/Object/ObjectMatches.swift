internal import Foundation
internal import Imaging
internal import Pipeline
internal import Synchronization

/// What neighbouring photos of a ring share, and what each shares with the mirror image of one from the other side.
///
/// A mirrored photo is a photo of the object's mirror image, which a car looks like; where there are no more than two
/// neighbours, it is often the nearest one.
struct ObjectMatches: Sendable {
    /// Two photos, the second one as it is or mirrored.
    struct Pair: Hashable, Sendable {
        let first: Int
        let second: Int
        let isMirrored: Bool
    }

    /// Photos further apart, in degrees round the object, show little of the same.
    private static let farthest = 65.0
    /// Nearer to the outline than this share of the object's size in the photo there are edges of another place each.
    private static let rim = 0.004

    private let views: [ObjectView]
    private let silhouettes: [Silhouette]
    private let search: @Sendable ([Pair]) throws(Failure) -> [[RingMatch]]

    init(_ views: [ObjectView], _ silhouettes: [Silhouette], by matcher: any FeatureMatcher, cancel: CancelFlag?) {
        (self.views, self.silhouettes) = (views, silhouettes)
        search = Self.search(views, by: matcher, cancel)
    }

    /// What photos that stand near one another in `ring` share, away from the outlines.
    func matches(of ring: Ring) throws(Failure) -> [RingMatch] {
        let found = try search(Self.pairs(of: ring))
        return found.flatMap { $0 }.filter { match in
            isInside(match.placeInFirst, of: match.first) && isInside(match.placeInSecond, of: match.second)
        }
    }

    private func isInside(_ place: SIMD2<Double>, of view: Int) -> Bool {
        let silhouette = silhouettes[view]
        guard let distance = silhouette.distance(x: place.x, y: place.y) else { return false }
        return distance > Self.rim * silhouette.area.squareRoot()
    }

    /// Of each photo the nearest neighbours on both sides, and the nearest on both sides among the mirrored ones.
    static func pairs(of ring: Ring) -> [Pair] {
        let azimuths = ring.cameras.map { camera in
            let centre = camera.pose.centre
            return atan2(centre.x, centre.z) * 180 / .pi
        }
        var pairs: Set<Pair> = []
        for first in azimuths.indices {
            for isMirrored in ring.isMirrored ? [false, true] : [false] {
                let steps = azimuths.indices.filter { isMirrored || $0 != first }.map { second in
                    let other = isMirrored ? -azimuths[second] : azimuths[second]
                    return (second: second, step: remainder(other - azimuths[first], 360))
                }
                let near = steps.filter { abs($0.step) <= farthest }
                let sides = [near.filter { $0.step >= 0 }, near.filter { $0.step < 0 }]
                for nearest in sides.compactMap({ $0.min { abs($0.step) < abs($1.step) } }) {
                    let (low, high) = (min(first, nearest.second), max(first, nearest.second))
                    pairs.insert(Pair(first: low, second: high, isMirrored: isMirrored))
                }
            }
        }
        return pairs.sorted {
            ($0.first, $0.second, $0.isMirrored ? 0 : 1) < ($1.first, $1.second, $1.isMirrored ? 0 : 1)
        }
    }

    private static func search<Matcher: FeatureMatcher>(
        _ views: [ObjectView], by matcher: Matcher, _ cancel: CancelFlag?
    ) -> @Sendable ([Pair]) throws(Failure) -> [[RingMatch]] {
        let shared = SharedFeatures(views, matcher, cancel)
        return { pairs throws(Failure) in
            var found: [[RingMatch]] = []
            for pair in pairs { found.append(try shared.matches(pair)) }
            return found
        }
    }
}

/// Features of an object's photos, each looked for when it is first wanted.
private final class SharedFeatures<Matcher: FeatureMatcher>: Sendable {
    private struct Key: Hashable {
        let view: Int
        let isMirrored: Bool
    }

    private let views: [ObjectView]
    private let matcher: Matcher
    private let cancel: CancelFlag?
    private let known = Mutex<[Key: Matcher.Found]>([:])

    init(_ views: [ObjectView], _ matcher: Matcher, _ cancel: CancelFlag?) {
        (self.views, self.matcher, self.cancel) = (views, matcher, cancel)
    }

    func matches(_ pair: ObjectMatches.Pair) throws(Failure) -> [RingMatch] {
        let first = try features(Key(view: pair.first, isMirrored: false))
        let second = try features(Key(view: pair.second, isMirrored: pair.isMirrored))
        let (here, there) = (matcher.keypoints(of: first), matcher.keypoints(of: second))
        let right = Double(views[pair.second].photo.width - 1)
        return try matcher.matches(first, second, cancel: cancel).map { match in
            var place = there[Int(match.second)].place
            if pair.isMirrored { place.x = right - place.x }
            return RingMatch(
                first: pair.first, second: pair.second, isMirrored: pair.isMirrored,
                placeInFirst: here[Int(match.first)].place, placeInSecond: place)
        }
    }

    private func features(_ key: Key) throws(Failure) -> Matcher.Found {
        if let found = known.withLock({ $0[key] }) { return found }
        let view = views[key.view]
        let (photo, mask) =
            key.isMirrored ? (try view.photo.mirrored(), try view.alpha.mirrored()) : (view.photo, view.alpha)
        let found = try matcher.features(in: photo, mask: mask, cancel: cancel)
        known.withLock { $0[key] = found }
        return found
    }
}
