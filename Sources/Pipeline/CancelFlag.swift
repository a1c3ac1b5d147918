internal import Synchronization

/// Set once by the runner: lease lost, remote cancel, wall time. Readable from any thread, so C++ code can poll it.
// @unchecked: the pointee is an atomic, and the pointer itself never changes between init and deinit.
public final class CancelFlag: @unchecked Sendable {
    private let raised: UnsafeMutablePointer<Atomic<Bool>>

    public init() {
        raised = .allocate(capacity: 1)
        raised.initialize(to: Atomic(false))
    }

    deinit {
        raised.deinitialize(count: 1)
        raised.deallocate()
    }

    public var isRaised: Bool { raised.pointee.load(ordering: .relaxed) }

    public func raise() { raised.pointee.store(true, ordering: .relaxed) }

    /// The flag's byte for C++ code, which reads it atomically; valid inside `body` only.
    public func withAddress<R, E: Error>(_ body: (UnsafePointer<Bool>) throws(E) -> R) throws(E) -> R {
        try body(UnsafeRawPointer(raised).assumingMemoryBound(to: Bool.self))
    }
}
