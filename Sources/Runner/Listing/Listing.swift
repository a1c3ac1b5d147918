internal import Foundation
internal import Pipeline

/// What a showroom left, photo by photo: the facts that the folder, its page and the terminal show.
struct Listing {
    /// One photo's way through the workflow.
    struct Photo {
        let input: PhotoInput
        /// Its folder below `photos/`.
        let folder: String
        /// Nil where plates are kept.
        var plates: Job?
        var cutout: Job?
        var renditions: Job?
        /// Why it is not in the listing.
        var failure: Failure?

        var review: [ReviewFlag] { (plates?.result?.review ?? []) + (cutout?.result?.review ?? []) }

        /// What a person says after a look at the photo that is held back; nil where none is.
        var decision: PlateDecisions.Word? {
            guard plates?.state == .review, let mark = plates?.result?.data["mark"]?.stringValue else { return nil }
            return PlateDecisions.Word(slot: input.slot, mark: mark)
        }

        /// Of the plates that were covered; nil where nobody looked, or the photo is held back.
        var covered: Int? {
            plates?.state == .succeeded ? plates?.result?.data["plates"]?.arrayValue?.count : nil
        }
        var isPublishable: Bool { failure == nil && review.isEmpty && renditions?.state == .succeeded }

        var status: JobState {
            if failure != nil { return .failed }
            return review.isEmpty ? .succeeded : .review
        }
    }

    let photos: [Photo]
    let spin: Job?
    /// Nil where none was asked for, or there were too few photos.
    let model: Job?
    let options: ShowroomOptions
    let recipe: RecipeStamp?

    /// - Parameters:
    ///   - jobs: of the workflow, all final.
    ///   - recipe: that the options come from.
    init(photos inputs: [PhotoInput], jobs: [Job], options: ShowroomOptions, recipe: RecipeStamp? = nil) {
        self.recipe = recipe
        let byLabel = Dictionary(jobs.compactMap { job in job.label.map { ($0, job) } }) { first, _ in first }
        photos = inputs.enumerated().map { index, input in
            let plates = byLabel[ShowroomWorkflow.platesLabel(input.slot)]
            let cutout = byLabel[ShowroomWorkflow.cutoutLabel(input.slot)]
            let renditions = byLabel[ShowroomWorkflow.renditionsLabel(input.slot)]
            return Photo(
                input: input, folder: SlotNames.folder(index: index + 1, fileName: input.name), plates: plates,
                cutout: cutout, renditions: renditions,
                failure: input.failure ?? Self.failure(plates, cutout, renditions))
        }
        spin = byLabel[ShowroomWorkflow.spinLabel]
        model = byLabel[ShowroomWorkflow.modelLabel]
        self.options = options
    }

    /// The first cause: a photo that waits for a person has no cut-out or composite, which is no failure of its own.
    private static func failure(_ plates: Job?, _ cutout: Job?, _ renditions: Job?) -> Failure? {
        if let plates, !plates.state.hasResult {
            return plates.failure?.failure ?? Failure(.cancelled, "The job was canceled.")
        }
        if plates?.state == .review { return nil }
        if let cutout, !cutout.state.hasResult {
            return cutout.failure?.failure ?? Failure(.cancelled, "The job was canceled.")
        }
        guard cutout?.state == .succeeded, let renditions, !renditions.state.hasResult else { return nil }
        return renditions.failure?.failure ?? Failure(.cancelled, "The job was canceled.")
    }

    var published: [Photo] { photos.filter(\.isPublishable) }

    /// What a person should know before the listing goes online.
    var notes: [String] {
        var notes: [String] = []
        let (all, count) = (photos.count, published.count)
        if all == 1, count == 1 { notes.append("1 photo: the spin shows it, but nothing turns.") }
        if (2..<ShowroomWorkflow.fullSpin).contains(all), count > 0 {
            notes.append(
                "\(all) of 8 views: the spin turns in steps of \(360 / all) degrees instead of 45, and looks jumpy.")
        }
        if all > 1, count > 0, count < all {
            notes.append("\(all - count) of \(all) photos can't be used: the spin has no picture from there.")
        }
        if let model, !model.state.hasResult, count > 0 {
            notes.append("There is no 3D model. \(model.failure?.failure.summary ?? "Its job was canceled.")")
        }
        if count > 0 { notes.append(platesNote) }
        return notes
    }

    private var platesNote: String {
        guard options.plates != ShowroomOptions.keptPlates else {
            return "Number plates are not covered, as you asked: look at each picture before it goes online."
        }
        let counts = published.compactMap(\.covered).filter { $0 > 0 }
        guard !counts.isEmpty else { return "No number plate was found." }
        let (plates, photos) = (counts.reduce(0, +), counts.count)
        return "\(plates) number \(plates == 1 ? "plate is" : "plates are") covered, "
            + "on \(photos) \(photos == 1 ? "photo" : "photos")."
    }

    /// Photos that are held back until a person has looked at what may be a plate.
    var held: [Photo] { photos.filter { $0.decision != nil } }

    var status: ExitStatus {
        if published.isEmpty {
            return photos.allSatisfy { $0.failure != nil } && photos.count == 1 ? .failed : .someFailed
        }
        // Fewer photos than a full spin has may make a model, or may not: that is no failure.
        let isModelled = model.map { $0.state == .succeeded } ?? true || photos.count < ShowroomWorkflow.fullSpin
        let isWhole = spin?.state == .succeeded && isModelled
        return published.count == photos.count && isWhole ? .ok : .someFailed
    }
}

/// A photo as it was given.
struct PhotoInput: Sendable {
    let slot: String
    /// The file name that the caller knows it by.
    let name: String
    /// Of the original's bytes; nil where they couldn't be read.
    let sha256: String?
    /// Why it couldn't be read.
    let failure: Failure?
}
