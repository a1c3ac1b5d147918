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
