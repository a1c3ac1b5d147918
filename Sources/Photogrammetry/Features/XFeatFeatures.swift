internal import CVShim

/// What XFeat found in a picture: at most 1024 keypoints, the best first.
public struct XFeatFeatures: Sendable {
    let keypoints: [Keypoint]
    /// What LighterGlue wants: a row of `columns` a keypoint, and empty rows up to `slots`.
    let table: [Float]

    /// Keypoints that LighterGlue compares, and the columns of each.
    static let (slots, columns) = (1_024, Int(CVSPointsColumns))

    public var count: Int { keypoints.count }
}
