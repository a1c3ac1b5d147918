public import Imaging

/// What a spin says of itself: the stage's data, and with file names its manifest.
public struct SpinOutput: Codable, Sendable, Equatable {
    public struct Frame: Codable, Sendable, Equatable {
        public var index: Int
        /// Degrees from the first photo in walking order.
        public var azimuth: Double
        /// The view that the azimuth stands for, `front`, `front-left`, ...; nil when the walk did not begin at an end.
        public var view: String?
        /// A photograph, not a synthesis.
        public var real: Bool
        /// 0...1.
        public var quality: Double
        public var slot: String
        public var file: String
        /// `cropped-left`, `enlarged`, `scale-limited`, `tone-limited`, `levelled`.
        public var notes: [String]
        /// The declared tone of this frame, see `Placement.toneGain`.
        public var toneGain: Double
        /// What was proven of this frame against the cut-out that it shows.
        public var truth: Truth
    }

    /// Cells run left to right, then down; cell i shows frame i.
    public struct Sprite: Codable, Sendable, Equatable {
        public var file: String
        public var columns, rows, cellWidth, cellHeight: Int
    }

    public struct Skipped: Codable, Sendable, Equatable {
        public var slot: String
        public var reason: String
    }

    public var frames: [Frame]
    public var canvas: CanvasSize
    public var backdrop: String
    /// Gains of red, green and blue before each frame's tone, see `WhiteBalance`.
    public var whiteBalance: [Double]
    /// `assumed`: equal steps in the order of the photos. `slots`: the views that the inputs' names say.
    public var azimuthSource: String
    /// `left` or `right`: the side of the car that comes after the front.
    public var direction: String
    /// `photos`: read from the pictures. `options`, `slots`, or `assumed`.
    public var directionSource: String
    public var sprite: Sprite
    /// A best ... D.
    public var grade: String
    public var gradeReason: String
    /// In plain words what fewer or broken photos cost.
    public var lost: [String]
    public var skipped: [Skipped]
}
