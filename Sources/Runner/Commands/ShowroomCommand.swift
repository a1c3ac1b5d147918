internal import Foundation
internal import Pipeline
internal import Synchronization

/// `rundum showroom`: the main job, from photos of one car to a finished listing folder.
struct ShowroomCommand: Command {
    static let name = "showroom"
    static let abstract =
        "Photos of one car in, a finished listing out: cut-outs, studio pictures, renditions, spin, 3D model."
    static let usage = "PHOTO... --out DIR [options]"
    static let out = Option("--out", "DIR", "Where the listing goes; an earlier listing there is replaced.")
    static let options = [
        out,
        Option(
            "--recipe", "FILE|NAME", "Take the options from a recipe: a JSON file, or a name such as studio-dark@1."),
        Option("--background", "FILE", "Set the car on this picture; floorLine and lightX say more of it."),
        Option("--set", "KEY=VALUE", "Set an option over the recipe's; may be given again. rundum kinds lists them."),
        Option("--subject", "NAME", "What the photos show, such as the stock number (default: made from the photos)."),
        .tenant, .home,
        Option("--executors", "N", "Work on N photos at a time (default: one a core, at most 2)."), .json,
    ]
    static let discussion = """
        Give the photos in the order of a walk around the car, 8 of them about 45 degrees apart; 1 to 36 are taken.
        The work goes through the queue: an interrupted run goes on with the same command, and what was made before
        comes from the cache.
        """
    static let examples = [
        Example("rundum showroom photos/*.jpg --out car", "makes the listing folder car/ with car/index.html"),
        Example("rundum showroom photos/*.jpg --out car --recipe studio-dark", "puts it in the dark studio"),
        Example(
            "rundum showroom photos/*.jpg --out car --background hall.jpg --set floorLine=0.8",
            "sets it on your picture"),
    ]

    private let files: [URL]
    private let target: URL
    private let wish: ShowroomWish
    private let arguments: Arguments
    private let executors: Int?

    init(_ arguments: Arguments) throws(Failure) {
        guard ShowroomWorkflow.photoCount.contains(arguments.operands.count) else {
            throw Failure(
                .invalidInputs, "A showroom takes 1 to 36 photos, not \(arguments.operands.count).",
                hint: "8 photos, one every 45 degrees around the car, are best.")
        }
        files = arguments.operands.map { URL(filePath: $0).absoluteURL }
        target = URL(filePath: try arguments.require(Self.out)).absoluteURL
        wish = try ShowroomWish(arguments)
        executors = try arguments.integer("--executors", in: 1...64)
        self.arguments = arguments
    }

    func run() async throws(Failure) -> ExitStatus {
        let registry = try Composition.registry()
        let started = ContinuousClock.now
        try ResultFolder.refuseForeign(target)
        let (listing, result) = try await Installation.with(home: arguments.value("--home")) {
            installation throws(Failure) in
            let listing = try await work(in: installation, registry)
            return (listing, try ListingFolder.write(listing, to: target, blobs: installation.blobs))
        }
        report(listing, result, took: ContinuousClock.now - started)
        if arguments.has("--json") { Terminal.out(try json(result)) }
        return listing.status
    }

    private func work(in installation: Installation, _ registry: StageRegistry) async throws(Failure) -> Listing {
        let look = try await wish.look(in: installation, tenant: arguments.tenant)
        let run = ShowroomRun(installation: installation, tenant: arguments.tenant, look: look)
        let photos = await run.upload(files)
        guard photos.contains(where: { $0.failure == nil }) else {
            return Listing(photos: photos, jobs: [], options: look.options, recipe: look.recipe)
        }
        let workflow = try await run.enqueue(photos, subject: arguments.value("--subject"), registry: registry)
        let bars = Mutex(ProgressBars())
        let log = Log.file(installation.home.appending(path: "showroom.log"))
        let host = WorkerHost(installation, registry, executors: executors, ahead: false, log: log)
        let jobs = try await host.run { () throws(Failure) in
            try await run.watch(workflow) { jobs in bars.withLock { $0.draw(ShowroomBars.bars(jobs)) } }
        }
        return Listing(photos: photos, jobs: jobs, options: look.options, recipe: look.recipe)
    }

    private func report(_ listing: Listing, _ result: StageResult, took: Duration) {
        for photo in listing.photos {
            if let failure = photo.failure {
                Terminal.say(failure.about(slot: photo.input.name).named(photo.input.name))
            }
            for flag in photo.review {
                let hint = flag.hint.map { " \($0)" } ?? ""
                Terminal.say(
                    "\(Terminal.paint("look", .yellow)): \(photo.input.name): \(flag.summary)\(hint) [\(flag.code)]")
            }
        }
        for note in listing.notes { Terminal.say("\(Terminal.paint("note", .grey)): \(note)") }
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
        Terminal.say(
            String(
                format: "%d of %d photos, %d files in %.1f s", listing.published.count, listing.photos.count,
                result.outputs.count + 1, seconds))
        Terminal.say("\(Terminal.paint("page", .teal)): \(target.appending(path: "index.html").path)")
    }
}

extension Failure {
    /// The same failure, with the file's name where the slot's stood.
    func named(_ name: String) -> Failure { Failure(code, summary, hint: hint, slot: name, detail: detail) }
}
