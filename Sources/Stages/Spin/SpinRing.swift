internal import Foundation
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
        if !options.order.isEmpty {
            let order = try Self.inputs(of: options.order, in: slots)
            seats = Self.evenly(order.enumerated().map { ($1, $0) }, steps: options.steps)
            fromSlots = false
        } else if let views = Self.views(slots) {
            seats = views.enumerated().map { input, view in
                let sector = ViewName.allCases.firstIndex(of: view) ?? 0
                return Seat(input: input, azimuth: Double(options.direction == .right ? (8 - sector) % 8 : sector) * 45)
            }.sorted { $0.azimuth < $1.azimuth }
            fromSlots = true
        } else {
            let numbers = slots.map(Self.number)
            let known = numbers.allSatisfy { $0 != nil } && Set(numbers).count == slots.count
            let places = slots.indices.map { (input: $0, place: known ? (numbers[$0] ?? 0) - 1 : $0) }
            seats = Self.evenly(places.sorted { $0.place < $1.place }, steps: options.steps)
            fromSlots = false
        }
    }

    /// Equal steps; a number that is missing leaves its place empty.
    private static func evenly(_ places: [(input: Int, place: Int)], steps: Int) -> [Seat] {
        let around = max(steps, (places.map(\.place).max() ?? 0) + 1)
        return places.map { Seat(input: $0.input, azimuth: Double($0.place) * 360 / Double(around)) }
    }

    private static func inputs(of order: [String], in slots: [String]) throws(Failure) -> [Int] {
        guard Set(order).count == order.count else {
            throw Failure(.invalidOptions, "The option order names a slot twice.")
        }
        var found: [Int] = []
        for name in order {
            guard let index = slots.firstIndex(where: { $0 == name || slot($0) == name }) else {
                throw Failure(
                    .invalidOptions, "The option order names \(name), which is not an input.",
                    hint: "Inputs are: \(slots.joined(separator: ", ")).")
            }
            found.append(index)
        }
        return found
    }

    private static func views(_ slots: [String]) -> [ViewName]? {
        let views = slots.compactMap { ViewName(rawValue: slot($0)) }
        return views.count == slots.count && Set(views).count == views.count ? views : nil
    }

    /// `photo-12` and `photo-12/cutout` are number 12.
    private static func number(_ name: String) -> Int? {
        let text = slot(name)
        guard text.hasPrefix("photo-"), let number = Int(text.dropFirst("photo-".count)), (1...999).contains(number)
        else { return nil }
        return number
    }

    /// The slot of the photo itself: what stands before a slash.
    private static func slot(_ name: String) -> String { String(name.prefix { $0 != "/" }) }
}
