public import Imaging

/// What is known of the optics that took a picture.
public enum ViewOptics: Sendable {
    /// Calibrated: kept as it is. `aspect` is the vertical over the horizontal focal length, 1 for square pixels.
    case known(Intrinsics, aspect: Double = 1)
    /// To be found, near this.
    case expected(FocalPrior)
}

/// Where a camera is expected, in any frame and unit that all expected poses share.
public struct PoseExpectation: Sendable {
    public let pose: Pose
    /// Standard deviations: of the rotation in radians, of the place in the frame's unit.
    public let rotationSigma: Double
    public let centreSigma: Double

    public init(pose: Pose, rotationSigma: Double, centreSigma: Double) {
        (self.pose, self.rotationSigma, self.centreSigma) = (pose, rotationSigma, centreSigma)
    }
}

/// One picture of a scene, with what is known of it.
public struct SceneView: Sendable {
    public let name: String
    public let picture: Bitmap
    /// 1 channel, the picture's size: features where it is below 128 are left out.
    public let mask: Bitmap?
    public let optics: ViewOptics
    /// Which camera and zoom took it: pictures of one size that name the same share their optics; nil: its own.
    public let lens: String?
    public let expected: PoseExpectation?

    public init(
        name: String, picture: Bitmap, mask: Bitmap? = nil, optics: ViewOptics, lens: String? = nil,
        expected: PoseExpectation? = nil
    ) {
        (self.name, self.picture, self.mask) = (name, picture, mask)
        (self.optics, self.lens, self.expected) = (optics, lens, expected)
    }
}
