/// Waits until a condition holds that another thread or process brings about.
///
/// - Returns: false when it did not hold within `limit`, which is there for broken code, not for slow machines, or when
///   the test was cancelled before.
public func eventually(within limit: Duration = .seconds(60), _ condition: () async throws -> Bool) async rethrows
    -> Bool
{
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return true }
        do { try await Task.sleep(for: .milliseconds(5)) } catch { break }
    }
    return try await condition()
}

/// Polls until there is a value.
///
/// - Returns: the value, or nil after the limit.
public func firstValue<T>(within limit: Duration = .seconds(60), _ look: () async throws -> T?) async rethrows -> T? {
    var found: T?
    _ = try await eventually(within: limit) {
        found = try await look()
        return found != nil
    }
    return found
}
