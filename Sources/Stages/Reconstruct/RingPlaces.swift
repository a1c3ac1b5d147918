internal import Pipeline

/// Where the photos stand in a walk round the car.
struct RingPlaces: Sendable, Equatable {
    /// One a photo that is used, 0 ..< count, each once.
    let places: [Int]
    let count: Int

    /// - Parameters:
    ///   - used: the indices of the slots whose photos are used.
    ///   - steps: photos in a full turn; 0: as many as there are, those that are not used among them.
    /// - Throws: `invalid_options` for an order that does not name every photo once.
    init(slots: [String], used: [Int], order: [String], steps: Int) throws(Failure) {
        let stops = try Walk(slots: slots, order: order).stops
        var seats = [Int: Int]()
        for stop in stops { seats[stop.input] = stop.place }
        if let missing = used.first(where: { seats[$0] == nil }) {
            throw Failure(.invalidOptions, "The option order does not name \(slots[missing]).")
        }
        let found = used.map { seats[$0] ?? 0 }
        if steps > 0 {
            (places, count) = (found, max(steps, (found.max() ?? 0) + 1))
        } else {
            let sorted = stops.map(\.place).sorted()
            (places, count) = (found.map { sorted.firstIndex(of: $0) ?? 0 }, sorted.count)
        }
    }
}
