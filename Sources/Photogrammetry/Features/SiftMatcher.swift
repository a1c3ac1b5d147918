internal import CVShim
public import Imaging
public import Pipeline

/// SIFT (Lowe 2004) with RootSIFT's distance, ratio test and mutual check; the same results on every processor.
public struct SiftMatcher: FeatureMatcher {
    /// A larger picture is shrunk to so many pixels before features are looked for; at most 3 million.
    public var pixels: Int
    /// Most features a picture.
    public var most: Int
    /// Least contrast of a feature, 0...1.
    public var contrast: Double
    /// With fewer features in a picture the search begins once more at twice its size, for four times the work.
    public var enough: Int
    /// The best match must be closer than this share of the second best, 0...1; and where cameras are known.
    public var ratio: Double
    public var guidedRatio: Double
    /// The largest distance of two descriptors, 0...sqrt(2).
    public var distance: Double
    /// Without known cameras only so many of the coarsest features are compared; 0: all.
    public var limit: Int

    public init(
        pixels: Int = 3_000_000, most: Int = 8_192, contrast: Double = 0.0055, enough: Int = 3_000,
        ratio: Double = 0.8, guidedRatio: Double = 0.9, distance: Double = 0.75, limit: Int = 4_000
    ) {
        (self.pixels, self.most, self.contrast) = (min(pixels, 3_000_000), most, contrast)
        self.enough = enough
        (self.ratio, self.guidedRatio, self.distance, self.limit) = (ratio, guidedRatio, distance, limit)
    }

    public func features(in picture: Bitmap, mask: Bitmap?, cancel: CancelFlag?) throws(Failure) -> SiftFeatures {
        var options = CVSFeatureOptions(
            max_pixels: Int32(clamping: pixels), max_features: Int32(clamping: most), contrast: contrast,
            enough: Int32(clamping: enough))
        let handle = try withCancelAddress(cancel) { flag throws(Failure) in
            try callShim { out, error in
                withExtendedLifetime((picture, mask)) {
                    cvs_features_detect(picture.handle, mask?.handle, &options, flag, out, error)
                }
            }
        }
        return SiftFeatures(owning: handle)
    }

    public func keypoints(of found: SiftFeatures) -> [Keypoint] { found.keypoints }

    public func matches(
        _ first: SiftFeatures, _ second: SiftFeatures, cancel: CancelFlag?
    ) throws(Failure) -> [FeatureMatch] {
        var options = CVSMatchOptions(limit: Int32(clamping: limit), ratio: ratio, distance: distance)
        let handle = try withCancelAddress(cancel) { flag throws(Failure) in
            try callShim { out, error in
                withExtendedLifetime((first, second)) {
                    cvs_features_match(first.handle, second.handle, &options, flag, out, error)
                }
            }
        }
        return takeMatches(handle)
    }

    public func matches(
        _ first: SiftFeatures, _ second: SiftFeatures, guide: MatchGuide, cancel: CancelFlag?
    ) throws(Failure) -> [FeatureMatch] {
        var options = CVSMatchOptions(limit: 0, ratio: guidedRatio, distance: distance)
        var shim = CVSGuide(
            first: CVSCamera(guide.first), second: CVSCamera(guide.second), reach: guide.reach,
            nearest: guide.depths.lowerBound, farthest: guide.depths.upperBound)
        let handle = try withCancelAddress(cancel) { flag throws(Failure) in
            try callShim { out, error in
                withExtendedLifetime((first, second)) {
                    cvs_features_match_guided(first.handle, second.handle, &shim, &options, flag, out, error)
                }
            }
        }
        return takeMatches(handle)
    }
}
