/// One photo of a ring round an object.
public struct RingView: Sendable {
    /// The object's outline; not empty.
    public let silhouette: Silhouette
    /// What is known of the lens: the focal length is where the solver starts, k1 and k2 are not read.
    public let intrinsics: Intrinsics
    /// Where it stands in the walk, 0 first; nil: after the view before it.
    public let place: Int?

    public init(silhouette: Silhouette, intrinsics: Intrinsics, place: Int? = nil) {
        (self.silhouette, self.intrinsics, self.place) = (silhouette, intrinsics, place)
    }
}

/// The same spot of the object in two photos of a ring.
public struct RingMatch: Sendable, Equatable {
    /// Indices of the two views.
    public let first: Int
    public let second: Int
    /// The second view shows the spot's mirror image in the object's plane of symmetry; it may then be the same view.
    public let isMirrored: Bool
    /// Where the spot is seen, in pixels.
    public let placeInFirst: SIMD2<Double>
    public let placeInSecond: SIMD2<Double>

    public init(
        first: Int, second: Int, isMirrored: Bool = false, placeInFirst: SIMD2<Double>, placeInSecond: SIMD2<Double>
    ) {
        (self.first, self.second, self.isMirrored) = (first, second, isMirrored)
        (self.placeInFirst, self.placeInSecond) = (placeInFirst, placeInSecond)
    }
}

/// What is known of a ring before it is solved.
public struct RingOptions: Sendable, Equatable {
    /// The views come in the order of a walk, either way round; else the order is found.
    public var isOrdered: Bool
    /// How many places at about equal angles the walk has; nil: as many as there are views.
    public var places: Int?
    /// Try the object's plane of symmetry, as cars have one.
    public var isSymmetric: Bool
    /// Sigma of the focal lengths' common factor as a logarithm: 0.15 for a guess from the kind of camera, 0.4 for none
    /// at all, 0 when they are known.
    public var focalSigma: Double
    /// Sigma of the common distortion k1; 0: there is none.
    public var distortionSigma: Double
    /// What the cameras' mean distance from the ring's axis is to be in the answer's world.
    public var radius: Double

    public init(
        isOrdered: Bool = true, places: Int? = nil, isSymmetric: Bool = true, focalSigma: Double = 0.15,
        distortionSigma: Double = 0, radius: Double = 1
    ) {
        (self.isOrdered, self.places, self.isSymmetric) = (isOrdered, places, isSymmetric)
        (self.focalSigma, self.distortionSigma, self.radius) = (focalSigma, distortionSigma, radius)
    }
}
