internal import Foundation
internal import Pipeline
internal import Synchronization
internal import Worker

/// `rundum showroom`: the main job, from photos of one car to a finished listing folder.
struct ShowroomCommand: Command {
    static let name = "showroom"
    static let abstract =
        "Photos of one car in, a finished listing out: plates covered, cut-outs, renditions, spin, 3D model."
    static let usage = "PHOTO... --out DIR [options]"
    static let out = Option("--out", "DIR", "Where the listing goes; an earlier listing there is replaced.")
    static let options = [
        out,
        Option(
            "--recipe", "FILE|NAME", "Take the options from a recipe: a JSON file, or a name such as studio-dark@1."),
        Option("--background", "FILE", "Set the car on this picture; floorLine and lightX say more of it."),
        Option("--plates", "HOW", "Cover number plates: blur (the default), pixelate, solid, logo; or keep them."),
        Option("--plate-name", "NAME", "Hang a dealer's plate with this name in each plate's place."),
        Option("--plate-logo", "FILE", "Hang this picture in each plate's place."),
        Option("--plate-colour", "#RRGGBB", "Of --plates solid (default: the plate's own light)."),
        Option("--cover", "SEEN", "Cover what a review marked too; SEEN as the review page says, may be given again."),
        Option("--approve", "SEEN", "Nothing that a review marked is a plate; may be given again."),
        Option("--set", "KEY=VALUE", "Set an option over the recipe's; may be given again. rundum kinds lists them."),
        Option("--subject", "NAME", "What the photos show, such as the stock number (default: made from the photos)."),
        .tenant, .home,
        Option("--executors", "N", "Work on N photos at a time (default: one a core, at most 2)."), .json,
    ]
    static let discussion = """
        Give the photos in the order of a walk around the car, 8 of them about 45 degrees apart; 1 to 36 are taken.
        The work goes through the queue: an interrupted run goes on with the same command, and what was made before
        comes from the cache.
        Number plates are covered before anything else is made. A photo on which one is in doubt is held back, with all
        that would be made of it, until you have looked: DIR-review/ shows what it is about, and the commands that decide.
        """
    static let examples = [
        Example("rundum showroom photos/*.jpg --out car", "makes the listing folder car/ with car/index.html"),
        Example("rundum showroom photos/*.jpg --out car --recipe studio-dark", "puts it in the dark studio"),
        Example(
            "rundum showroom photos/*.jpg --out car --background hall.jpg --set floorLine=0.8",
            "sets it on your picture"),
        Example("rundum showroom photos/*.jpg --out car --plate-name 'Autohaus Nord'", "hangs your plate on the car"),
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
        try ResultFolder.refuseForeign(ReviewFolder.place(beside: target))
        let (listing, result) = try await Installation.with(home: arguments.value("--home")) {
            installation throws(Failure) in
            let listing = try await work(in: installation, registry)
            try review(of: listing).write(blobs: installation.blobs)
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
        var limits = WorkerLimits()
        if let executors { limits.executors = executors }
        let host = WorkerHost(installation, registry, limits: limits, ahead: false, log: log)
        let jobs = try await host.run { () throws(Failure) in
            try await run.watch(workflow) { jobs in bars.withLock { $0.draw(ShowroomBars.bars(jobs)) } }
        }
        return Listing(photos: photos, jobs: jobs, options: look.options, recipe: look.recipe)
    }

    private func review(of listing: Listing) -> ReviewFolder {
        ReviewFolder(listing: listing, target: target, words: CommandLine.arguments)
    }

    private func report(_ listing: Listing, _ result: StageResult, took: Duration) {
        for photo in listing.photos {
            if let failure = photo.failure {
                Terminal.say(failure.about(slot: photo.input.name).named(photo.input.name))
            }
            for flag in photo.review {
                let hint = photo.decision == nil ? flag.hint.map { " \($0)" } ?? "" : " It is held back."
                Terminal.say(
                    "\(Terminal.paint("look", .yellow)): \(photo.input.name): \(flag.summary)\(hint) [\(flag.code)]")
            }
        }
        report(held: listing)
        for note in listing.notes { Terminal.say("\(Terminal.paint("note", .grey)): \(note)") }
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
        Terminal.say(
            String(
                format: "%d of %d photos, %d files in %.1f s", listing.published.count, listing.photos.count,
                result.outputs.count + 1, seconds))
        Terminal.say("\(Terminal.paint("page", .teal)): \(target.appending(path: "index.html").path)")
    }
}

extension ShowroomCommand {
    /// What a person does about photos that are held back, with the commands to copy.
    private func report(held listing: Listing) {
        let held = listing.held
        guard !held.isEmpty else { return }
        let folder = review(of: listing)
        Terminal.say("\(Terminal.paint("look", .yellow)): \(folder.place.appending(path: "index.html").path)")
        Terminal.say("      to cover what is marked there:\n      \(folder.command("--cover", held))")
        Terminal.say("      if nothing marked is a number plate:\n      \(folder.command("--approve", held))")
    }
}

extension Failure {
    /// The same failure, with the file's name where the slot's stood.
    func named(_ name: String) -> Failure { Failure(code, summary, hint: hint, slot: name, detail: detail) }
}
