import Foundation
import Pipeline
import TestKit
import Testing

@testable import Worker

@Suite(.timeLimit(.minutes(2))) struct ExecutorProcessTests {
    @Test func `runs one attempt after the other and keeps its process`() async throws {
        let bench = try ExecutorBench()
        for fence in 1...3 {
            let order = try bench.order("echo", ["text": .string("number \(fence)")], fence: Int64(fence))
            let attempt = RunningAttempt(.sample(order))
            let report = await bench.run(order, attempt: attempt)
            #expect(report.verdict == .finished(["text": .string("number \(fence)"), "names": [.string("\(fence)")]]))
            #expect(report.peakBytes > 1 << 20)
            #expect(attempt.ledger.content.emitted.map(\.name) == ["copies/photo-1", "text"])
            #expect(attempt.ledger.content.log == ["echoed"])
        }
        #expect(bench.executor.jobs == 3)
        #expect(bench.executor.isFit)
    }

    @Test(arguments: [
        ("crash", "ended by SIGSEGV"), ("abort", "ended by SIGABRT"), ("exit", "exited with status 0"),
        ("garbage", "malformed message"), ("oversized", "malformed message: a length of 2147483647 bytes"),
        ("truncated", "malformed message: a body that ends early"), ("hangUp", "ended by SIGKILL"),
        ("secondHello", "against the rules: a second hello"), ("flood", "against the rules: too many outputs"),
        ("upward", "against the rules: an output with the path"),
    ])
    func `an executor that breaks off is a crash with its reason`(fault: String, reason: String) async throws {
        let bench = try ExecutorBench()
        let report = await bench.run(try bench.order("fault", ["how": .string(fault)]))
        #expect(report.verdict.failure?.code == .workerCrashed)
        #expect(report.verdict.failure?.detail?.contains(reason) == true, "\(report.verdict)")
        #expect(report.verdict.failure?.summary.contains("SIG") == false)
        #expect(!bench.executor.isFit)
        _ = await bench.executor.ending.wait()
        #expect(kill(bench.executor.pid, 0) == -1)
    }

    @Test func `more memory than the budget ends the executor`() async throws {
        let bench = try ExecutorBench()
        let report = await bench.run(try bench.order("fault", ["how": "allocate", "megabytes": 64]))
        #expect(report.verdict.failure?.code == .memoryExceeded)
        #expect(report.peakBytes > 64 << 20)
        // The look comes ten times a second, the fixture takes up to 4 MB a millisecond.
        #expect(report.peakBytes < 2 << 30)
    }

    @Test func `a stage that is late and obeys keeps its executor`() async throws {
        let bench = try ExecutorBench()
        let report = await bench.run(try bench.order("fault", ["how": "slow", "seconds": 0.2]), grace: .seconds(30))
        #expect(report.verdict.failure?.code == .deadlineExceeded)
        #expect(report.verdict.cause == .deadline)
        #expect(bench.executor.isFit)
    }

    @Test func `a stage that is late and deaf loses its executor after the grace`() async throws {
        let bench = try ExecutorBench()
        // Long enough for the stage to begin, since it is deaf from then on only.
        let report = await bench.run(try bench.order("fault", ["how": "deaf", "seconds": 1.5]))
        #expect(report.verdict.failure?.code == .deadlineExceeded)
        #expect(!bench.executor.isFit)
    }

    @Test(arguments: ["slow", "deaf"]) func `a cancelled attempt ends within a second`(fault: String) async throws {
        let bench = try ExecutorBench()
        let order = try bench.order("fault", ["how": .string(fault)])
        let attempt = RunningAttempt(.sample(order))
        let grace = fault == "slow" ? Duration.seconds(60) : .milliseconds(200)
        async let report = bench.run(order, attempt: attempt, grace: grace)
        #expect(await eventually { attempt.ledger.progress.fraction > 0 })
        attempt.stop(.caller)
        let end = await report
        #expect(end.verdict.failure?.code == .cancelled)
        #expect(end.verdict.cause == .caller)
        #expect(bench.executor.isFit == (fault == "slow"))
    }

    @Test func `a failure of the stage arrives whole`() async throws {
        let bench = try ExecutorBench()
        let report = await bench.run(try bench.order("fault", ["how": "refuse"]))
        #expect(report.verdict.failure == Failure(.noUsableViews, "No view can be used.", slot: "front"))
        #expect(bench.executor.isFit)
    }

    @Test func `an output given twice is the stage's failure, not the executor's end`() async throws {
        let bench = try ExecutorBench()
        let report = await bench.run(try bench.order("fault", ["how": "twice"]))
        #expect(report.verdict.failure?.code == .internalError)
        #expect(bench.executor.isFit)
    }

    @Test func `the executor sees no secrets of the environment`() async throws {
        var command = ExecutorCommand.fixture
        command.environment = ExecutorCommand.inherited([
            "DATABASE_URL": "postgres://secret", "RUNDUM_API_KEY": "secret", "PGPASSWORD": "secret", "PATH": "/bin",
            "RUNDUM_MODELS": "/models", "LC_ALL": "C",
        ])
        let bench = try ExecutorBench(command)
        let report = await bench.run(try bench.order("fault", ["how": "environment"]))
        guard case .finished(.array(let names)) = report.verdict else {
            throw report.verdict.failure ?? .init(.notFound, "")
        }
        // Coverage adds a variable of its own.
        let seen = names.compactMap(\.stringValue).filter { !$0.hasPrefix("__LLVM") }
        #expect(seen == ["LC_ALL", "PATH", "RUNDUM_MODELS", "SWIFT_BACKTRACE"])
    }

    @Test func `an executor ends when its channel does, also while it works`() async throws {
        let bench = try ExecutorBench()
        let order = try bench.order("fault", ["how": "deaf"])
        let attempt = RunningAttempt(.sample(order))
        async let report = bench.run(order, attempt: attempt)
        #expect(await eventually { attempt.ledger.progress.fraction > 0 })
        bench.executor.hangUp()
        #expect(await bench.executor.ending.wait().status != .exited(2))
        #expect(await report.verdict.failure?.code == .workerCrashed)
    }

    @Test func `an order to a dead executor comes back as a crash`() async throws {
        let bench = try ExecutorBench()
        #expect(await bench.executor.greeting.wait())
        bench.executor.kill()
        _ = await bench.executor.ending.wait()
        let report = await bench.run(try bench.order("echo"))
        #expect(report.verdict.failure?.code == .workerCrashed)
    }

    @Test func `an order too large for a message is a failure of the request`() async throws {
        let bench = try ExecutorBench()
        var order = try bench.order("echo")
        let large = JSONValue.string(String(repeating: "x", count: MessageChannel.maxBytes))
        order = RunOrder(
            attempt: 1, kind: "echo", options: ["text": large], inputs: [], scratch: order.scratch, budget: order.budget
        )
        let report = await bench.run(order)
        #expect(report.verdict.failure?.code == .payloadTooLarge)
    }

    @Test func `a program that is not there can't be started`() throws {
        let failure = #expect(throws: Failure.self) {
            _ = try ExecutorProcess(ExecutorCommand(path: "/no/such/program"))
        }
        #expect(failure?.code == .workerCrashed)
    }

    @Test func `a program that says nothing proper is no executor`() async throws {
        for command in [
            ExecutorCommand(path: "/bin/true", arguments: []),
            ExecutorCommand(path: "/bin/sh", arguments: ["-c", "echo hello world >&3; cat <&3"]),
        ] {
            let executor = try ExecutorProcess(command)
            #expect(await executor.greeting.wait() == false)
            _ = await executor.ending.wait()
        }
    }

    @Test func `the command says that it is not for people`() async throws {
        let fixture = URL(filePath: ExecutorCommand.fixture.path)
        #expect(try await Program.run(["execute"], executable: fixture).status == 2)
    }
}
