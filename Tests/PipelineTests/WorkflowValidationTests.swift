import Pipeline
import Testing

@Suite struct WorkflowValidationTests {
    typealias Step = WorkflowRequest.Step

    private func step(_ label: String, after: [String] = [], reads: [String] = []) -> Step {
        let inputs = reads.map { JobInput(slot: $0, name: $0, source: .output(job: $0, name: "mask")) }
        return Step(label: label, job: JobRequest(kind: "sample", inputs: inputs), after: after)
    }

    private func complaint(_ steps: [Step]) -> Failure? {
        do { try WorkflowRequest(name: "w", steps: steps).validate() } catch { return error }
        return nil
    }

    @Test func `a step waits for what it names and for what it reads`() {
        let step = step("spin", after: ["a", "b"], reads: ["b", "c"])
        #expect(WorkflowRequest(name: "w", steps: [step]).dependencies(of: step) == ["a", "b", "c"])
    }

    @Test func `blobs are no dependency`() {
        let input = JobInput(slot: "front", name: "a.jpg", source: .blob(sha256: "00"))
        let step = Step(label: "cut", job: JobRequest(kind: "sample", inputs: [input]))
        #expect(WorkflowRequest(name: "w", steps: [step]).dependencies(of: step).isEmpty)
    }

    @Test func `fan-out, fan-in and diamonds are fine in any order of steps`() {
        let steps = [
            step("join", reads: ["left", "right"]), step("left", reads: ["top"]), step("right", after: ["top"]),
            step("top"),
        ]
        #expect(complaint(steps) == nil)
        #expect(complaint(steps.reversed()) == nil)
    }

    @Test func `no steps, doubled labels and unknown labels are refused`() {
        #expect(complaint([])?.code == .invalidRequest)
        #expect(complaint([step("a"), step("a")])?.summary == "Two steps are called a.")
        #expect(complaint([step("a", after: ["b"])])?.summary.contains("waits for b") == true)
        #expect(complaint([step("a", reads: ["b"])])?.summary.contains("waits for b") == true)
    }

    @Test func `a step that waits for itself is refused`() {
        #expect(complaint([step("a", after: ["a"])])?.summary == "These steps wait for each other: a.")
    }

    @Test func `a circle is refused and its steps are named, not those that only wait for it`() {
        let steps = [step("free"), step("a", after: ["c", "free"]), step("b", reads: ["a"]), step("c", after: ["b"])]
        #expect(complaint(steps)?.summary == "These steps wait for each other: a, b, c.")
    }

    @Test func `every order of a chain passes, and every closed chain is refused`() {
        for length in 2...12 {
            let chain = (0..<length).map { step("s\($0)", after: $0 == 0 ? [] : ["s\($0 - 1)"]) }
            #expect(complaint(chain) == nil)
            var closed = chain
            closed[0].after = ["s\(length - 1)"]
            #expect(complaint(closed)?.code == .invalidRequest)
        }
    }
}
