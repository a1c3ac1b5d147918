import Foundation
import Pipeline

/// A kind that takes one picture; the API never runs it.
struct PaintStage: Stage {
    struct Options: StageOptions {
        var strength = 0.5
        var colour = "red"
        static let schema = OptionsSchema([
            OptionField("strength", .number(0...1), default: 0.5, "How much."),
            OptionField("colour", .choice(["red", "blue"]), default: "red", "Which colour."),
        ])
    }

    static let kind: Kind = "paint"
    static let version = 3
    static let abstract = "Paints a picture."
    static let arity = InputArity.one
    static let companions: Set<String> = ["pattern"]
    static func budget(for options: Options) -> Budget { Budget(pixels: 1, bytes: 1, wallSeconds: 1) }
    func run(_ options: Options, in context: StageContext) async throws(Failure) -> [String] { [] }
}

/// A kind that takes several.
struct CollageStage: Stage {
    struct Options: StageOptions {
        static let schema = OptionsSchema([])
    }

    static let kind: Kind = "collage"
    static let version = 1
    static let abstract = "Puts pictures together."
    static let arity = InputArity.set(1...4)
    static func budget(for options: Options) -> Budget { Budget(pixels: 1, bytes: 1, wallSeconds: 1) }
    func run(_ options: Options, in context: StageContext) async throws(Failure) -> [String] { [] }
}

extension WorkflowTemplate {
    /// Paints each photo, over a pattern if there is one, and puts the results together.
    static let pairing = WorkflowTemplate(
        name: "pairing", abstract: "Paints photos and puts them together.", arity: .set(1...4),
        companions: ["pattern"],
        optionsSchema: OptionsSchema([
            OptionField("colour", .choice(["red", "blue"]), default: "blue", "Which colour."),
            OptionField("texture", .string(maxLength: 64), default: "", "A stored picture."),
        ])
    ) { (inputs: WorkflowInputs, options: JSONValue) throws(Failure) in
        var steps = inputs.photos.map { photo in
            WorkflowRequest.Step(
                label: "paint-\(photo.slot)",
                job: JobRequest(
                    kind: "paint", options: ["colour": options["colour"] ?? "red"], inputs: [photo] + inputs.companions,
                    subject: inputs.subject, priority: inputs.priority))
        }
        let painted = inputs.photos.map { photo in
            JobInput(slot: photo.slot, name: photo.name, source: .output(job: "paint-\(photo.slot)", name: "image"))
        }
        let collage = JobRequest(
            kind: "collage", inputs: painted, subject: inputs.subject, priority: inputs.priority)
        steps.append(WorkflowRequest.Step(label: "collage", job: collage, toleratesFailure: true))
        return WorkflowRequest(name: "pairing", steps: steps)
    }
}

extension Recipe {
    /// One that ships.
    static let shipped = Recipe(
        name: "plain", version: 2, workflow: "pairing", options: ["colour": "red"], abstract: "Red.")
}

/// A kind that takes a background picture along.
struct StandStage: Stage {
    struct Options: StageOptions {
        var background = ""
        var floorLine = 0.82
        var lightX = 0.0
        static let schema = OptionsSchema([
            OptionField("background", .choice(["", "plain"]), default: "", "A studio."),
            OptionField("floorLine", .number(0.4...0.98), default: 0.82, "Where wheels stand."),
            OptionField("lightX", .number(-1...1), default: 0, "Where light comes from."),
        ])
    }

    static let kind: Kind = "stand"
    static let version = 1
    static let abstract = "Stands a car somewhere."
    static let arity = InputArity.one
    static let companions: Set<String> = [Background.slot]
    static func budget(for options: Options) -> Budget { Budget(pixels: 1, bytes: 1, wallSeconds: 1) }
    func run(_ options: Options, in context: StageContext) async throws(Failure) -> [String] { [] }
}

extension WorkflowTemplate {
    /// Stands each photo on one background.
    static let standing = WorkflowTemplate(
        name: "standing", abstract: "Stands photos somewhere.", arity: .set(1...4),
        optionsSchema: OptionsSchema([
            OptionField("backdrop", .background(["plain"]), default: "plain", "Where.")
        ])
    ) { (inputs: WorkflowInputs, options: JSONValue) throws(Failure) in
        let steps = inputs.photos.map { photo in
            let job = JobRequest(
                kind: "stand", options: ["background": options["backdrop"] ?? ""], inputs: [photo])
            return WorkflowRequest.Step(
                label: "stand-\(photo.slot)", job: inputs.background.map { job.set(on: $0) } ?? job)
        }
        return WorkflowRequest(name: "standing", steps: steps)
    }
}
