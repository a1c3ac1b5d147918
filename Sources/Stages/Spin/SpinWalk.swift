/// The way round the car, and what the manifest says about how it is known.
struct SpinWalk: Sendable, Equatable {
    /// `left` or `right`, never `auto`.
    let direction: SpinOptions.Direction
    let directionSource: String
    let azimuthSource: String
    private let namesViews: Bool

    init(_ ring: SpinRing, _ survey: SpinSurvey, _ options: SpinOptions) {
        let sense = SpinSense(survey.seen.map(\.measure.geometry), azimuths: survey.seen.map(\.azimuth))
        azimuthSource = ring.fromSlots ? "slots" : "assumed"
        namesViews = ring.fromSlots || sense.beginsAtAnEnd
        (direction, directionSource) =
            if options.direction != .auto {
                (options.direction, "options")
            } else if ring.fromSlots {
                (.left, "slots")
            } else if let seen = sense.direction {
                (seen, "photos")
            } else {
                (.left, "assumed")
            }
    }

    func view(at azimuth: Double) -> ViewName? {
        namesViews ? ViewName(azimuth: azimuth, direction: direction) : nil
    }
}
