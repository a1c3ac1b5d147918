internal import Pipeline

/// Where each photo was taken on the walk round the car.
struct SpinRing: Sendable, Equatable {
    struct Seat: Sendable, Equatable {
        /// Index into the stage's inputs.
        let input: Int
        /// Degrees from the first photo, in walking order; 0 up to 360.
        let azimuth: Double
    }

    let seats: [Seat]
    /// Azimuths are the views that the slots name, not equal steps that are only assumed.
    let fromSlots: Bool

    /// Orders slots by the option `order`, else by view names (`front`, `left`, ...), else by photo numbers, else as given.
    init(slots: [String], options: SpinOptions) throws(Failure) {
        let walk = try Walk(slots: slots, order: options.order)
        fromSlots = walk.isNamed
        if walk.isNamed {
            seats = walk.stops.map { stop in
                let sector = options.direction == .right ? (8 - stop.place) % 8 : stop.place
                return Seat(input: stop.input, azimuth: Double(sector) * 45)
            }.sorted { $0.azimuth < $1.azimuth }
        } else {
            seats = Self.evenly(walk.stops, steps: options.steps)
        }
    }

    /// Equal steps; a number that is missing leaves its place empty.
    private static func evenly(_ stops: [Walk.Stop], steps: Int) -> [Seat] {
        let around = max(steps, (stops.map(\.place).max() ?? 0) + 1)
        return stops.map { Seat(input: $0.input, azimuth: Double($0.place) * 360 / Double(around)) }
    }
}
