internal import Imaging
internal import Pipeline

/// The main job: the plates of every photo are covered first; what is left is cut out and set in the studio, renditions are
/// made of each, and all together turn and become a model. Nothing but the first step ever sees a photo as it was.
enum ShowroomWorkflow {
    static let photoCount = 1...36
    /// A full spin has a photo every 45 degrees.
    static let fullSpin = 8

    static let template = WorkflowTemplate(
        name: "showroom",
        abstract:
            "Photos of one car, in the order of a walk around it, to cut-outs, studio pictures, renditions, a spin and a 3D model, with plates covered.",
        arity: .set(photoCount), companions: DealerPlate.slots, optionsSchema: ShowroomOptions.schema,
        build: { inputs, options throws(Failure) in
            try request(inputs, try JSON.decode(ShowroomOptions.self, from: JSON.encode(options)))
        })

    static func platesLabel(_ slot: String) -> String { "plates-\(slot)" }
    static func cutoutLabel(_ slot: String) -> String { "cutout-\(slot)" }
    static func renditionsLabel(_ slot: String) -> String { "renditions-\(slot)" }
    static let spinLabel = "spin"
    static let modelLabel = "model"
    /// Fewer make no model.
    static let modelPhotos = 4

    private static func request(
        _ inputs: WorkflowInputs, _ options: ShowroomOptions
    ) throws(Failure) -> WorkflowRequest {
        let covers = try covers(of: inputs, options)
        let cutouts = inputs.photos.map { photo in
            let covered = covers.isEmpty ? photo : output("image", of: photo, by: platesLabel(photo.slot))
            let job = job("cutout", options.cutout, [covered], inputs)
            return WorkflowRequest.Step(
                label: cutoutLabel(photo.slot), job: inputs.background.map { job.set(on: $0) } ?? job)
        }
        let renditions = inputs.photos.map { photo in
            WorkflowRequest.Step(
                label: renditionsLabel(photo.slot),
                job: job(
                    "renditions", options.renditions, [output("composite", of: photo, by: cutoutLabel(photo.slot))],
                    inputs))
        }
        let views = inputs.photos.map { output("cutout", of: $0, by: cutoutLabel($0.slot)) }
        let turning = job("spin", options.spin(steps: inputs.photos.count), views, inputs)
        let spin = WorkflowRequest.Step(
            label: spinLabel, job: inputs.background.map { turning.set(on: $0) } ?? turning, toleratesFailure: true)
        let isModelled = options.reconstruct && inputs.photos.count >= modelPhotos
        let model = WorkflowRequest.Step(
            label: modelLabel, job: job("reconstruct", options.model(steps: inputs.photos.count), views, inputs),
            toleratesFailure: true)
        return WorkflowRequest(
            name: template.name, steps: covers + cutouts + renditions + [spin] + (isModelled ? [model] : []))
    }

    private static func job(
        _ kind: Kind, _ options: JSONValue, _ photos: [JobInput], _ inputs: WorkflowInputs
    ) -> JobRequest {
        JobRequest(
            kind: kind, options: options, inputs: photos, subject: inputs.subject, priority: inputs.priority,
            runAt: inputs.runAt)
    }

    /// The first step of each photo; none where plates are to be kept.
    private static func covers(
        of inputs: WorkflowInputs, _ options: ShowroomOptions
    ) throws(Failure) -> [WorkflowRequest.Step] {
        let decisions = try PlateDecisions(options)
        let dealerPlate = try DealerPlate(options, came: inputs.companions)
        guard options.plates != ShowroomOptions.keptPlates else { return [] }
        return inputs.photos.map { photo in
            let job = job(
                "plates", decisions.applied(to: options.covers, slot: photo.slot),
                [photo] + [dealerPlate.picture].compactMap(\.self), inputs)
            return WorkflowRequest.Step(label: platesLabel(photo.slot), job: job)
        }
    }

    private static func output(_ name: String, of photo: JobInput, by job: String) -> JobInput {
        JobInput(slot: photo.slot, name: photo.name, source: .output(job: job, name: name))
    }
}

extension ShowroomOptions {
    fileprivate var covers: [String: JSONValue] {
        [
            "treatment": .string(plates), "others": .string(otherPlates), "colour": .string(plateColour),
            "name": .string(plateName), "detector": .string(plateDetector), "precision": .string(precision),
        ]
    }

    fileprivate var cutout: JSONValue {
        var members: [String: JSONValue] = [
            "background": .string(backdrop), "model": .string(model), "precision": .string(precision),
            "shadow": .bool(shadow),
        ]
        members["floorLine"] = floorLine.map { .number($0) }
        members["lightX"] = lightX.map { .number($0) }
        return .object(members)
    }

    fileprivate var renditions: JSONValue { ["profiles": .array(profiles.map { .string($0) })] }

    fileprivate func model(steps: Int) -> JSONValue {
        ["subject": "object", "precision": .string(precision), "steps": .int(steps)]
    }

    /// The number of photos keeps the place of one that fails. With a background of one's own there is no studio.
    fileprivate func spin(steps: Int) -> JSONValue {
        var members: [String: JSONValue] = ["steps": .int(steps), "shadow": .bool(shadow)]
        if Backdrop.names.contains(backdrop) { members["backdrop"] = .string(backdrop) }
        members["floorLine"] = floorLine.map { .number($0) }
        members["lightX"] = lightX.map { .number($0) }
        return .object(members)
    }
}
