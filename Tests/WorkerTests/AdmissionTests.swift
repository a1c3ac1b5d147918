import Pipeline
import Testing

@testable import Worker

@Suite struct AdmissionTests {
    private let admission = Admission(bytes: 100, threads: 4)

    private func budget(_ bytes: Int, threads: Int = 1) -> Budget {
        Budget(pixels: 0, bytes: bytes, threads: threads, wallSeconds: 1)
    }

    @Test func `attempts run together while their budgets fit`() {
        let tickets = (0..<3).map { _ in admission.enter() }
        #expect(admission.admit(tickets[0], budget(60)))
        #expect(admission.admit(tickets[1], budget(40)))
        #expect(!admission.admit(tickets[2], budget(1)))
        admission.leave(tickets[0])
        #expect(admission.admit(tickets[2], budget(60)))
    }

    @Test func `threads count as well`() {
        let (first, second) = (admission.enter(), admission.enter())
        #expect(admission.admit(first, budget(1, threads: 3)))
        #expect(!admission.admit(second, budget(1, threads: 2)))
        #expect(admission.admit(second, budget(1, threads: 1)))
    }

    @Test func `nobody overtakes, so the large are not starved by the small`() {
        let (first, large, small) = (admission.enter(), admission.enter(), admission.enter())
        #expect(admission.admit(first, budget(50)))
        #expect(!admission.admit(large, budget(90)))
        #expect(!admission.admit(small, budget(10)))
        admission.leave(large)
        #expect(admission.admit(small, budget(10)))
    }

    @Test func `live attempts come before bulk ones that wait longer`() {
        let (running, bulk, live) = (admission.enter(isBulk: true), admission.enter(isBulk: true), admission.enter())
        #expect(!admission.admit(running, budget(80)))
        #expect(admission.admit(live, budget(80)))
        #expect(!admission.admit(running, budget(80)))
        admission.leave(live)
        #expect(admission.admit(running, budget(80)))
        #expect(!admission.admit(bulk, budget(80)))
        admission.resize(bytes: 200, threads: 4)
        #expect(admission.admit(bulk, budget(80)))
    }

    @Test func `what is larger than everything runs alone`() {
        let (giant, small) = (admission.enter(), admission.enter())
        #expect(admission.admit(giant, budget(1000, threads: 64)))
        #expect(!admission.admit(small, budget(1)))
        admission.leave(giant)
        #expect(admission.admit(small, budget(1)))
    }
}
