import Pipeline
import Testing

@testable import Worker

/// Transcripts: what is seen, and what is to be done about it.
@Suite struct AttemptWatchTests {
    private var watch = AttemptWatch(
        budget: Budget(pixels: 0, bytes: 1000, wallSeconds: 10), baseline: 100, grace: .seconds(2))
    private let crash = AttemptEnd.exited(ExitReport(.signalled(11)))

    @Test mutating func `a quiet attempt finishes`() {
        #expect(watch.tick(at: .seconds(1), peak: 500, stop: nil) == .none)
        #expect(watch.tick(at: .seconds(9), peak: 1100, stop: nil) == .none)
        #expect(watch.peakBytes == 1100)
        #expect(watch.verdict(.done("x")) == .finished("x"))
    }

    @Test mutating func `the ceiling is the budget over what was there before`() {
        #expect(watch.tick(at: .seconds(1), peak: 1101, stop: nil) == .kill)
        #expect(watch.tick(at: .seconds(2), peak: 9999, stop: .caller) == .none)
        #expect(watch.verdict(.exited(ExitReport(.signalled(9)))).failure?.code == .memoryExceeded)
        #expect(watch.verdict(.done("too late")).failure?.code == .memoryExceeded)
    }

    @Test mutating func `a deadline asks first and kills after the grace`() {
        #expect(watch.tick(at: .seconds(9.9), peak: 1, stop: nil) == .none)
        #expect(watch.tick(at: .seconds(10), peak: 1, stop: nil) == .ask)
        #expect(watch.tick(at: .seconds(11.9), peak: 1, stop: nil) == .none)
        #expect(watch.tick(at: .seconds(12), peak: 1, stop: nil) == .kill)
        #expect(watch.tick(at: .seconds(13), peak: 1, stop: nil) == .none)
        let verdict = watch.verdict(.exited(ExitReport(.signalled(9))))
        #expect(verdict.failure?.code == .deadlineExceeded && verdict.cause == .deadline)
    }

    @Test mutating func `work that is done in the grace counts`() {
        #expect(watch.tick(at: .seconds(10), peak: 1, stop: nil) == .ask)
        #expect(watch.verdict(.done("just in time")) == .finished("just in time"))
        #expect(watch.verdict(.failed(Failure(.cancelled, "x"))).failure?.code == .deadlineExceeded)
        #expect(watch.verdict(.failed(Failure(.imageCorrupt, "x"))).failure?.code == .imageCorrupt)
    }

    @Test(arguments: StopCause.allCases) mutating func `a stop asks once, and its cause is kept`(cause: StopCause) {
        #expect(watch.tick(at: .seconds(1), peak: 1, stop: cause) == .ask)
        #expect(watch.tick(at: .seconds(2), peak: 1, stop: cause) == .none)
        #expect(watch.verdict(.failed(Failure(.cancelled, "x"))).cause == cause)
        #expect(watch.verdict(crash).cause == cause)
        #expect(watch.tick(at: .seconds(3), peak: 1, stop: cause) == .kill)
    }

    @Test(arguments: [(StopCause.caller, false), (.leaseLost, false), (.shutdown, true), (.deadline, true)])
    mutating func `a result after a stop is kept where somebody wants it`(cause: StopCause, isKept: Bool) {
        _ = watch.tick(at: .seconds(1), peak: 1, stop: cause)
        #expect((watch.verdict(.done("x")) == .finished("x")) == isKept)
    }

    @Test mutating func `a process that is gone is cleared away, and is a crash`() {
        #expect(watch.tick(at: .seconds(1), peak: nil, stop: nil) == .kill)
        #expect(watch.verdict(crash).failure?.code == .workerCrashed)
        #expect(watch.verdict(crash).failure?.detail == "ended by SIGSEGV")
        #expect(watch.verdict(crash).cause == nil)
    }

    @Test mutating func `a failure without a stop is passed on as it is`() {
        let failure = Failure(.imageTruncated, "s", slot: "front")
        #expect(watch.verdict(.failed(failure)) == .failed(failure, nil))
    }

    @Test mutating func `a last reading raises the peak and never lowers it`() {
        watch.note(peak: 700)
        watch.note(peak: 10)
        #expect(watch.peakBytes == 700)
    }

    @Test func `exits are told in words`() {
        #expect(ExitReport(waitStatus: 0, violation: nil).words == "exited with status 0")
        #expect(ExitReport(waitStatus: 70 << 8, violation: nil).words == "exited with status 70")
        #expect(ExitReport(waitStatus: 9, violation: "shouted").words == "shouted; ended by SIGKILL")
        #expect(ExitReport.name(ofSignal: 250) == "signal 250")
    }

    @Test func `memory is read from the kernel's words`() {
        let memory = ProcessMemory(status: "Name:\tx\nVmHWM:\t   2048 kB\nVmRSS:\t   1024 kB\n")
        #expect(memory?.resident == 1 << 20 && memory?.peak == 2 << 20)
        #expect(ProcessMemory(status: "VmRSS:\t 8 kB")?.peak == 8192)
        #expect(ProcessMemory(status: "State:\tZ (zombie)") == nil)
        #expect(ProcessMemory.of(pid: -1) == nil)
    }
}
