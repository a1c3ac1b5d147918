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
}
