internal import CVShim
internal import Imaging
internal import Pipeline

/// SIFT features of a picture, owned by the C++ side. Immutable.
// @unchecked: the handle is only read after `init`, what lies behind it never changes, and `deinit` frees it once.
public final class SiftFeatures: @unchecked Sendable {
    let handle: OpaquePointer

    init(owning handle: OpaquePointer) { self.handle = handle }
    deinit { cvs_features_destroy(handle) }

    public var count: Int { Int(cvs_features_count(handle)) }

    var keypoints: [Keypoint] {
        withExtendedLifetime(self) {
            UnsafeBufferPointer(start: cvs_features_list(handle), count: count).map(Keypoint.init)
        }
    }
}

extension Keypoint {
    init(_ feature: CVSFeature) {
        self.init(
            place: [Double(feature.x), Double(feature.y)], size: Double(feature.size),
            colour: [feature.colour.0, feature.colour.1, feature.colour.2])
    }
}

/// Reads matches out of the shim and frees them.
func takeMatches(_ handle: OpaquePointer) -> [FeatureMatch] {
    defer { cvs_matches_destroy(handle) }
    let list = UnsafeBufferPointer(start: cvs_matches_list(handle), count: Int(cvs_matches_count(handle)))
    return list.map { FeatureMatch(first: $0.first, second: $0.second, distance: $0.distance) }
}
