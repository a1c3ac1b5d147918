internal import CProcess

/// This process's heap.
public enum ProcessHeap {
    /// One heap for all threads: less memory, for processes that work on pictures; before other threads are started.
    public static func share() { cprocess_share_heap() }
}
