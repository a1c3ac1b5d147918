internal import Dispatch

/// Runs a call that may block (disk, hashing, a socket) on a thread outside the cooperative pool.
func blocking<Value: Sendable, E: Error>(
    _ body: @escaping @Sendable () throws(E) -> Value
) async throws(E) -> Value {
    let result: Result<Value, E> = await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
            do throws(E) { continuation.resume(returning: .success(try body())) } catch {
                continuation.resume(returning: .failure(error))
            }
        }
    }
    return try result.get()
}
