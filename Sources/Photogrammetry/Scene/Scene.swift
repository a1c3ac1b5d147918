/// What photos that overlap show: their cameras and the points that they share.
///
/// The unit is the largest distance between two cameras; the axes are those of the first placed camera.
public struct Scene: Sendable {
    /// Where a point is seen in a view.
    public struct Sighting: Sendable, Equatable {
        /// Index into `points`.
        public let point: Int
        /// In pixels.
        public let place: SIMD2<Double>
        /// Distance in pixels from where the camera sees the point.
        public let error: Double
    }

    /// A photo and what was found out about its camera.
    public struct View: Sendable {
        public let name: String
        /// Nil for a photo that could not be placed; `reason` then says why.
        public let camera: Camera?
        public let reason: Unplaced?
        public let sightings: [Sighting]
        /// Features that were found in it.
        public let features: Int
    }

    /// A point that two views or more share.
    public struct Point: Sendable, Equatable {
        public let position: SIMD3<Double>
        /// sRGB, the mean of its sightings.
        public let colour: SIMD3<UInt8>
        /// How many views see it.
        public let length: Int
        /// Mean distance in pixels from its sightings.
        public let error: Double
    }

    /// In the order of the photos.
    public let views: [View]
    public let points: [Point]
    /// Root mean square of the sightings' distances in pixels; 0 without any.
    public let reprojectionError: Double

    /// How many photos were placed.
    public var placed: Int { views.count { $0.camera != nil } }
}

extension Scene {
    /// Why a photo could not be placed.
    public enum Unplaced: Sendable, Equatable {
        /// Too few features: blurred, blank or masked.
        case bare(features: Int)
        /// No other photo shows the same.
        case alone
        /// It overlaps with others, but they were taken from one place, so that nothing can be measured.
        case onTheSpot(with: String)
        /// It overlaps only with photos that could not be placed either.
        case apart(with: String)
        /// It overlaps with one photo alone, and no third one bears the two out.
        case pair(with: String)
        /// Its place follows from too few points: the overlap is too small.
        case thin(points: Int, with: String)

        /// One sentence for people, without the photo's name.
        public var sentence: String {
            switch self {
            case .bare(let features):
                "It shows nothing to hold on to (\(features) features): it is blank, blurred or all but covered."
            case .alone: "No other photo shows the same."
            case .onTheSpot(let other): "It was taken from the same place as \(other)."
            case .apart(let other): "It overlaps with \(other), but with none of the photos that could be placed."
            case .pair(let other): "It overlaps with \(other), and no third photo bears the two out."
            case .thin(0, let other):
                "It overlaps with \(other), but shares no point that two placed photos show."
            case .thin(let points, let other):
                "It shares only \(points) points with the photos that could be placed, most with \(other)."
            }
        }

        /// What to do about it.
        public var hint: String {
            switch self {
            case .bare: "Take it again, sharp and in good light."
            case .alone, .apart, .pair: "Take photos in between, so that neighbours show two thirds of the same."
            case .onTheSpot: "Take a step to the side for every photo."
            case .thin: "Take a photo in between, half way to its neighbour."
            }
        }
    }
}
