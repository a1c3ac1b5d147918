extension WorkflowRequest {
    /// Every label that a step waits for: those it names, and those its inputs come from.
    public func dependencies(of step: Step) -> Set<String> {
        var labels = Set(step.after)
        for case .output(let job, _) in step.job.inputs.map(\.source) { labels.insert(job) }
        return labels
    }

    /// Refuses doubled labels, unknown ones and circles.
    public func validate() throws(Failure) {
        guard !steps.isEmpty else { throw Failure(.invalidRequest, "The workflow has no steps.") }
        var known = Set<String>()
        for step in steps where !known.insert(step.label).inserted {
            throw Failure(.invalidRequest, "Two steps are called \(step.label).")
        }
        for step in steps {
            for label in dependencies(of: step).sorted() where !known.contains(label) {
                throw Failure(
                    .invalidRequest, "The step \(step.label) waits for \(label), which is not in the workflow.")
            }
        }
        try refuseCircles()
    }

    /// Kahn's algorithm: what can never become free stands in a circle.
    private func refuseCircles() throws(Failure) {
        var waiting = Dictionary(uniqueKeysWithValues: steps.map { ($0.label, dependencies(of: $0)) })
        while let free = waiting.first(where: { $0.value.isEmpty })?.key {
            waiting[free] = nil
            for label in waiting.keys { waiting[label]?.remove(free) }
        }
        guard waiting.isEmpty else {
            let names = waiting.keys.sorted().joined(separator: ", ")
            throw Failure(.invalidRequest, "These steps wait for each other: \(names).")
        }
    }
}
