internal import CVShim
internal import Imaging
public import Pipeline

/// The cameras of a ring of photos round one object, from its outlines, and what speaks for them.
///
/// The world has y up, the object's mirror plane at x = 0, the object over the origin with its lowest point at y = 0 and
/// its front towards +z.
public struct Ring: Sendable, Equatable {
    /// One a view, in the views' order.
    public let cameras: [Camera]
    /// Whether the object's mirror image was used: only where most of the outlines stay explained with it.
    public let isMirrored: Bool
    /// Whether all of the object has a mirror image; an open door or a load has none, and then a shape must not use it.
    public let isSymmetric: Bool

    /// Mean distance in pixels by which an outline's rays miss the hull of all other views; 0 is perfect.
    public let shortfall: Double
    /// The same of each view's rays.
    public let shortfalls: [Double]
    /// A thousandth of the outlines' mean diagonal in pixels, to judge shortfalls by.
    public let unit: Double
    /// The share of the outlines' area that the hull of the other views fills, 0...1.
    public let explained: Double

    /// What this answer costs: the mean of log(1 + (shortfall / unit)^2) over all rays. Below 0.1 for exact masks,
    /// about 0.5 for those of a network, above 1.5 for what is no ring round one object.
    public let cost: Double
    /// The cost without the mirror and with it, infinite where that was not tried.
    public let costUnmirrored: Double
    public let costMirrored: Double
    /// The cost of the best answer with another mirror plane, and that of the best with the views set otherwise round
    /// (the other way or another order); infinite where none came near.
    public let costOfOtherPlane: Double
    public let costOfOtherWay: Double

    /// By how much of its height the object's front is lower than its rear: below 0.05 front and rear are a guess.
    public let facing: Double
    /// The object's box.
    public let low: SIMD3<Double>
    public let high: SIMD3<Double>

    /// How many matches joined in the end; 0 when the outlines spoke against them.
    public let matchesUsed: Int
    /// Pairs of views whose outlines are one and the same: the same photo twice, or an object that shows no side.
    public let alikePairs: Int

    /// How far the view that fits worst misses the hull of the others, in units. Below 2 where all views show one whole
    /// object, above 3 where one shows another, or it is open, cut off or moved on it.
    public var oddness: Double { (shortfalls.max() ?? 0) / max(unit, 1e-9) }
    /// The view that fits worst.
    public var oddest: Int { shortfalls.indices.max { shortfalls[$0] < shortfalls[$1] } ?? 0 }

    /// How many times the best rival's cost is this one's: near 1 the answer may as well be the other one.
    public var distinctness: Double { min(costOfOtherPlane, costOfOtherWay) / max(cost, 1e-6) }

    /// Finds the cameras of 4 to 64 views that stand round one object at about the same distance.
    ///
    /// A circle of equal angles is fitted both ways round by epipolar tangency (Cipolla, Astrom, Giblin 1995), the
    /// mirror plane is found by a scan, then every ray of an outline has to touch the hull of all other views and their
    /// mirror images. Angles, heights, distances and roll of the views and the focal length are free. Matches that agree
    /// with that answer then join, and are let go again where the outlines speak against them. The same bits on every
    /// run.
    public init(
        of views: [RingView], options: RingOptions = RingOptions(), matches: [RingMatch] = [],
        cancel: CancelFlag? = nil
    ) throws(Failure) {
        try self.init(of: views, options: options, cancel: cancel) { _ throws(Failure) in matches }
    }

    /// The same with matches that are looked for once the outlines have given a first answer.
    ///
    /// - Parameter joining: the matches that may join that answer.
    public init(
        of views: [RingView], options: RingOptions = RingOptions(), cancel: CancelFlag? = nil,
        joining: (Ring) throws(Failure) -> [RingMatch]
    ) throws(Failure) {
        try Self.check(views)
        let shots = views.enumerated().map { CVSRingView($1, place: $0) }
        var told = CVSRingOptions(options, count: views.count)
        // The silhouettes' handles are only borrowed.
        self = try withExtendedLifetime(views) { () throws(Failure) in
            let handle = try withCancelAddress(cancel) { address throws(Failure) in
                try callShim { out, error in
                    cvs_ring_solve(shots, Int32(clamping: shots.count), &told, address, out, error)
                }
            }
            defer { cvs_ring_destroy(handle) }
            let first = Ring(handle, count: views.count)
            let pairs = try joining(first).map(CVSRingMatch.init)
            guard !pairs.isEmpty else { return first }
            let joined = try withCancelAddress(cancel) { address throws(Failure) in
                try callShim { out, error in
                    cvs_ring_join(handle, pairs, Int32(clamping: pairs.count), address, out, error)
                }
            }
            defer { cvs_ring_destroy(joined) }
            return Ring(joined, count: views.count)
        }
    }

    private static func check(_ views: [RingView]) throws(Failure) {
        let filled = views.count { $0.silhouette.area > 0 }
        guard filled == views.count, filled >= 4 else {
            throw Failure(
                .noUsableViews, "A ring needs 4 views or more with the object in each; \(filled) show it.",
                hint: "Take photos from all sides, about 45 degrees apart.")
        }
    }

    private init(_ handle: OpaquePointer, count: Int) {
        let report = cvs_ring_report(handle)
        cameras = (0..<count).map { Camera(cvs_ring_camera(handle, Int32($0))) }
        shortfalls = (0..<count).map { cvs_ring_shortfall(handle, Int32($0)) }
        (isMirrored, isSymmetric) = (report.mirrored, report.symmetric)
        (shortfall, unit, explained) = (report.shortfall, report.unit, report.explained)
        (cost, costUnmirrored, costMirrored) = (report.cost, report.cost_unmirrored, report.cost_mirrored)
        (costOfOtherPlane, costOfOtherWay) = (report.cost_other_plane, report.cost_other_way)
        facing = report.facing
        low = [report.low.0, report.low.1, report.low.2]
        high = [report.high.0, report.high.1, report.high.2]
        (matchesUsed, alikePairs) = (Int(report.matches_used), Int(report.alike))
    }
}
