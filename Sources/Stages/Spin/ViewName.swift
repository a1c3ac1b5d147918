/// The eight views of a car, in the order of a walk from its front over its own left side; the raw values are slots.
enum ViewName: String, CaseIterable, Sendable, Codable {
    case front
    case frontLeft = "front-left"
    case left
    case rearLeft = "rear-left"
    case rear
    case rearRight = "rear-right"
    case right
    case frontRight = "front-right"

    /// The view nearest to an azimuth in degrees, seen on a walk that goes over the left or the right side first.
    init(azimuth: Double, direction: SpinOptions.Direction) {
        let sector = Int((azimuth / 45).rounded())
        let index = direction == .right ? -sector : sector
        self = Self.allCases[((index % 8) + 8) % 8]
    }
}
