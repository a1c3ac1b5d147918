public import Foundation
public import Pipeline

/// How a worker works. Only `scratch` has to be said.
public struct WorkerConfiguration: Sendable {
    /// A folder for work in progress, on the file system of the blobs where outputs should be moved and not copied.
    public var scratch: URL
    /// What it begins with.
    public var limits = WorkerLimits()
    /// Statements to the queue at one time, and the most attempts that one of them ends and claims.
    public var lines = 1
    public var batch = 500
    /// The same for a trip with bulk jobs: it stays short, so that a live job never waits long for the next one.
    public var bulkBatch = 100
    public var command = ExecutorCommand()
    /// The kinds to claim; nil for all of the registry.
    public var kinds: [Kind]?
    /// Start executors before there is work, and load the models of `warm` in them.
    public var startsAhead = true
    /// Nil for every kind that is claimed.
    public var warm: [Kind]?
    /// An executor is replaced after this many attempts, or when it keeps more resident bytes than this.
    public var recycleAfterJobs = 200
    public var recycleAboveBytes = 2 << 30

    public var lease = Duration.seconds(15)
    public var heartbeat = Duration.milliseconds(500)
    public var sweep = Duration.seconds(2)
    /// Between two passes of keeping house; the first is at once.
    public var housekeeping = Duration.seconds(3600)
    /// How long a worker without work waits for a hint before it asks by itself.
    public var poll = Duration.seconds(1)
    /// An answer that has not come after this is lost, with the claims in it.
    public var answer = Duration.seconds(2)
    /// How long after a lost answer claims of it are looked for: the statement may still be at work.
    public var doubt = Duration.seconds(30)
    /// How long a stage that was told to stop has until its executor is killed.
    public var grace = Duration.seconds(2)

    /// First and longest delay before another attempt; how many attempts is the job's own.
    public var retryBase = Duration.seconds(2)
    public var retryCeiling = Duration.seconds(600)
    /// 0...1, spreads retries.
    public var jitter: @Sendable () -> Double = { Double.random(in: 0...1) }
    /// Called when the job store is away; a private cluster is started again here.
    public var revive: @Sendable () async throws(Failure) -> Void = {}
    /// Called when the worker has joined the queue, each time.
    public var onJoined: @Sendable () -> Void = {}
    public var log = Log()

    public init(scratch: URL) { self.scratch = scratch }
}
