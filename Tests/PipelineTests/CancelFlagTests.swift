import Foundation
import Pipeline
import Synchronization
import Testing

@Suite struct CancelFlagTests {
    @Test func `is down at first, and stays up once raised`() {
        let flag = CancelFlag()
        #expect(!flag.isRaised)
        flag.raise()
        flag.raise()
        #expect(flag.isRaised)
    }

    @Test func `one thread's raise reaches all that poll it`() {
        let flag = CancelFlag()
        let waiting = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 4) { index in
            if index == 0 {
                flag.raise()
            } else {
                while !flag.isRaised {}
                waiting.add(1, ordering: .relaxed)
            }
        }
        #expect(waiting.load(ordering: .relaxed) == 3)
    }

    @Test func `its byte is zero until it is raised, then one`() {
        let flag = CancelFlag()
        let before = flag.withAddress { UnsafeRawPointer($0).load(as: UInt8.self) }
        flag.raise()
        let after = flag.withAddress { UnsafeRawPointer($0).load(as: UInt8.self) }
        #expect(before == 0 && after == 1)
    }

    @Test func `passes on what the body throws`() {
        #expect(throws: Failure(.cancelled, "stop")) {
            try CancelFlag().withAddress { _ throws(Failure) in throw Failure(.cancelled, "stop") }
        }
    }
}
