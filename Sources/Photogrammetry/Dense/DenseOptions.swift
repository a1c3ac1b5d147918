public import Imaging

/// How a surface is made of photos whose cameras are known.
public struct DenseOptions: Sendable, Equatable {
    /// Pixels that each photo is made small to, 4,096...4,000,000.
    public var pixels = 400_000
    /// Others that each photo is compared with at most, 1...6.
    public var sources = 4
    /// Views that must agree on a point of the cloud, 2...8; two are enough where there are only two.
    public var agreeing = 3
    /// Nodes of the grid that the surface is found on at most, 4,096...64,000,000.
    public var nodes = 12_000_000
    /// What an uneven surface costs against one that lies beside the depths, above 0.
    public var smoothness = 1.0
    /// Triangles of the surface at most.
    public var triangles = 50_000

    public init() {}
}

/// A photo for depths, and its camera.
public struct DenseView: Sendable {
    public let camera: Camera
    /// 3 channels, the camera's size.
    public let photo: Bitmap
    /// Which of the points that are known beforehand it sees.
    public let points: [Int]

    public init(camera: Camera, photo: Bitmap, points: [Int]) {
        (self.camera, self.photo, self.points) = (camera, photo, points)
    }
}

/// How far each pixel of a small picture without distortion is away.
public struct DepthMap: Sendable {
    public let camera: Camera
    /// Along the camera's z axis, row by row; 0 where nothing is known.
    public let depths: [Float]
    /// 0...1.
    public let confidences: [Float]

    /// Which share of the pixels has a depth.
    public var share: Double {
        depths.isEmpty ? 0 : Double(depths.count { $0 > 0 }) / Double(depths.count)
    }
}
