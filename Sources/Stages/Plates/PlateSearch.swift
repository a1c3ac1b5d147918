internal import Imaging
internal import Pipeline

/// Who says where plates are; tests bring findings of their own.
protocol PlateSearch: Sendable {
    /// What decides the findings besides photo and options, for the cache key.
    func identity(for options: PlatesOptions) throws(Failure) -> [String]
    func warmUp(_ options: PlatesOptions, threads: Int) throws(Failure)
    func findings(
        on photo: Bitmap, _ options: PlatesOptions, in context: StageContext
    ) throws(Failure) -> PlateFindings
}

/// Rundum, a user's own detector, or both, as options say.
struct ChosenSearch: PlateSearch {
    let rundum: NetworkSearch
    let own: OwnPlateDetector

    func identity(for options: PlatesOptions) throws(Failure) -> [String] {
        var words = options.detector == .own ? [options.wished.identity()] : try rundum.identity(for: options)
        if options.detector != .rundum { words.append(try own.identity()) }
        return words
    }

    func warmUp(_ options: PlatesOptions, threads: Int) throws(Failure) {
        if options.detector != .own { try rundum.warmUp(options, threads: threads) }
    }

    func findings(
        on photo: Bitmap, _ options: PlatesOptions, in context: StageContext
    ) throws(Failure) -> PlateFindings {
        let found = options.detector == .own ? nil : try rundum.findings(on: photo, options, in: context)
        guard options.detector != .rundum else { return found ?? PlateFindings(plates: []) }
        try context.checkpoint(0.5, "asking your own detector")
        let more = try own.findings(on: photo, threads: context.budget.threads, cancel: context.cancel)
        return found.map { $0.joined(with: more) } ?? more
    }
}

extension PlateFindings {
    /// With what somebody else found; where both found a plate, ours counts, whose corners are its own.
    func joined(with others: PlateFindings) -> PlateFindings {
        let added = others.plates.filter { other in !plates.contains { $0.quad.box.overlaps(other.quad.box) } }
        let all = plates + added
        let open = (suspects + others.suspects).filter { suspect in
            !all.contains { $0.quad.box.overlaps(suspect.quad.box) }
        }
        return PlateFindings(plates: all, suspects: open)
    }
}

extension PixelBox {
    /// Shares half of the smaller one's area.
    fileprivate func overlaps(_ other: PixelBox) -> Bool {
        let across = min(x + width, other.x + other.width) - max(x, other.x)
        let down = min(y + height, other.y + other.height) - max(y, other.y)
        return across > 0 && down > 0 && 2 * across * down > min(width * height, other.width * other.height)
    }
}

/// Rundum's own networks.
struct NetworkSearch: PlateSearch {
    let networks: MatteNetworks

    func identity(for options: PlatesOptions) throws(Failure) -> [String] {
        try networks.identity(of: PlateNetworks.names) + [options.wished.identity()]
    }

    func warmUp(_ options: PlatesOptions, threads: Int) throws(Failure) { _ = try open(options, threads) }

    func findings(
        on photo: Bitmap, _ options: PlatesOptions, in context: StageContext
    ) throws(Failure) -> PlateFindings {
        let finder = PlateFinder(networks: try open(options, context.budget.threads))
        return try finder.findings(on: photo, reads: options.text, cancel: context.cancel)
    }

    private func open(_ options: PlatesOptions, _ threads: Int) throws(Failure) -> PlateNetworks {
        try PlateNetworks { name throws(Failure) in
            try networks.session(name, options.wished, threads: threads)
        }
    }
}
