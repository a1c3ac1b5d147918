internal import Pipeline

/// The order of photos on a walk round a car, by what their slots are called.
struct Walk: Sendable, Equatable {
    struct Stop: Sendable, Equatable {
        /// Index into the stage's inputs.
        let input: Int
        /// How many steps from where the walk began, 0 first; places may be left out.
        let place: Int
    }

    /// In the order of their places.
    let stops: [Stop]
    /// The slots name views: places are eighths of a turn from the front, over the car's left side.
    let isNamed: Bool

    /// By `order`, which names slots, else by view names (`front`, `left`, ...), else by photo numbers, else as given.
    ///
    /// - Throws: `invalid_options` for an order that names a slot twice or none at all.
    init(slots: [String], order: [String]) throws(Failure) {
        if !order.isEmpty {
            let inputs = try Self.inputs(of: order, in: slots)
            (stops, isNamed) = (inputs.enumerated().map { Stop(input: $1, place: $0) }, false)
        } else if let views = Self.views(slots) {
            let places = views.map { ViewName.allCases.firstIndex(of: $0) ?? 0 }
            (stops, isNamed) = (Self.sorted(places), true)
        } else {
            let numbers = slots.map(Self.number)
            let known = numbers.allSatisfy { $0 != nil } && Set(numbers).count == slots.count
            (stops, isNamed) = (Self.sorted(slots.indices.map { known ? (numbers[$0] ?? 0) - 1 : $0 }), false)
        }
    }

    private static func sorted(_ places: [Int]) -> [Stop] {
        places.enumerated().map { Stop(input: $0, place: $1) }.sorted { $0.place < $1.place }
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
