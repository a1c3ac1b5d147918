internal import CVShim
internal import Foundation
public import Imaging
public import Pipeline

/// XFeat's keypoints (Potje and others 2024), matched by LighterGlue (Lindenberger and others 2023): finds what two
/// pictures of a glossy car share from 45 degrees apart, good to a pixel or two of a picture 1024 pixels wide.
///
/// A picture takes about 0.1 s of one processor, a pair as long. The same results on every run.
public struct XFeatMatcher: FeatureMatcher {
    /// A picture, or the part of it that is not masked, is looked at with so many pixels on its longer side; 64...1024.
    public var side = 1_024
    /// Most keypoints a picture, at most 1024.
    public var most = 1_024
    /// Least chance of a keypoint, 0...1; the network's authors'.
    public var chance = 0.05
    /// Least chance of a match, 0...1; the network's authors'.
    public var matchChance = 0.1

    private let points: NeuralSession
    private let pairs: NeuralSession

    /// - Parameters:
    ///   - points: the model `xfeat`.
    ///   - pairs: the model `lighterglue`.
    public init(points: NeuralSession, pairs: NeuralSession) { (self.points, self.pairs) = (points, pairs) }

    public func features(in picture: Bitmap, mask: Bitmap?, cancel: CancelFlag?) throws(Failure) -> XFeatFeatures {
        var look = CVSLook()
        try withExtendedLifetime((picture, mask)) { () throws(Failure) in
            try checkShim { error in
                cvs_points_look(picture.handle, mask?.handle, Int32(clamping: side), &look, error)
            }
        }
        let (columns, rows) = (Int(look.columns), Int(look.rows))
        var plane = [Float](repeating: 0, count: columns * rows)
        try withExtendedLifetime(picture) { () throws(Failure) in
            try checkShim { error in cvs_points_plane(picture.handle, &look, &plane, error) }
        }
        let planes = try points.run(
            plane, count: 1, width: columns, height: rows, giving: Int(CVSPointsPlanes) * columns * rows / 64,
            cancel: cancel)
        return try chosen(planes, look, picture, mask, cancel)
    }

    public func keypoints(of found: XFeatFeatures) -> [Keypoint] { found.keypoints }

    public func matches(
        _ first: XFeatFeatures, _ second: XFeatFeatures, cancel: CancelFlag?
    ) throws(Failure) -> [FeatureMatch] {
        let (slots, columns) = (XFeatFeatures.slots, XFeatFeatures.columns)
        guard first.count > 0, second.count > 0 else { return [] }
        let answer = try pairs.run(
            first.table + second.table, count: 2, width: columns, height: slots, giving: 3 * slots, cancel: cancel)
        let least = Float(log(matchChance))
        return (0..<first.count).compactMap { index in
            let (partner, chance) = (Int(answer[3 * index]), answer[3 * index + 1])
            guard (0..<second.count).contains(partner), chance > least, Int(answer[3 * partner + 2]) == index else {
                return nil
            }
            return FeatureMatch(first: Int32(index), second: Int32(partner), distance: 1 - exp(chance))
        }
    }

    /// The network's matches that lie along the epipolar lines.
    public func matches(
        _ first: XFeatFeatures, _ second: XFeatFeatures, guide: MatchGuide, cancel: CancelFlag?
    ) throws(Failure) -> [FeatureMatch] {
        try matches(first, second, cancel: cancel).filter { match in
            guide.allows(first.keypoints[Int(match.first)].place, second.keypoints[Int(match.second)].place)
        }
    }

    private func chosen(
        _ planes: [Float], _ look: CVSLook, _ picture: Bitmap, _ mask: Bitmap?, _ cancel: CancelFlag?
    ) throws(Failure) -> XFeatFeatures {
        let slots = XFeatFeatures.slots
        var list = [CVSFeature](repeating: CVSFeature(), count: slots)
        var table = [Float](repeating: 0, count: slots * XFeatFeatures.columns)
        var options = CVSPointsOptions(most: Int32(clamping: max(1, min(most, slots))), chance: chance)
        var (look, count) = (look, Int32(0))
        try withCancelAddress(cancel) { flag throws(Failure) in
            try withExtendedLifetime((picture, mask)) { () throws(Failure) in
                try checkShim { error in
                    cvs_points_choose(
                        picture.handle, mask?.handle, &look, planes, &options, &list, &table, &count, flag, error)
                }
            }
        }
        return XFeatFeatures(keypoints: list.prefix(Int(count)).map(Keypoint.init), table: table)
    }
}
