public import Pipeline

/// What happens to a job.
public enum JobEvent: String, Sendable, CaseIterable {
    /// The last dependency became final, and the time to run has come, or not.
    case freed, freedEarly
    /// A dependency failed that is needed, or was canceled.
    case dependencyFailed, dependencyCanceled
    /// The time to run has come.
    case due
    case claimed
    /// The attempt ended with a result; with flags for a person to look at.
    case succeeded, flagged
    /// The attempt ended without one: again later, again at once, at once without counting it, never again.
    case failedForLater, failedForNow, released, discarded
    /// The attempt stopped because the caller had canceled the job.
    case stopped
    /// Asked by callers.
    case cancel, retry
    /// What a person says of a job in review.
    case approve, reject
    /// What a person says to a job in review that asks something.
    case answer
    /// The dependency that ended this job was put back.
    case dependencyRetried
}

/// The state machine of a job, pure and total. The functions of the schema do the same; a test compares them.
public enum JobTransitions {
    /// The state after the event, or nil where the event is refused or can't happen.
    public static func next(_ state: JobState, _ event: JobEvent) -> JobState? {
        switch (state, event) {
        case (.blocked, .freed): .queued
        case (.blocked, .freedEarly): .scheduled
        case (.blocked, .dependencyFailed): .failed
        case (.blocked, .dependencyCanceled): .canceled
        case (.scheduled, .due): .queued
        case (.queued, .claimed): .running

        case (.running, .succeeded): .succeeded
        case (.running, .flagged): .review
        case (.running, .failedForLater): .scheduled
        case (.running, .failedForNow), (.running, .released): .queued
        case (.running, .discarded): .failed
        case (.running, .stopped): .canceled

        case (.blocked, .cancel), (.scheduled, .cancel), (.queued, .cancel): .canceled
        // Marked; the attempt ends as `stopped`.
        case (.running, .cancel): .running
        // Asked again.
        case (.canceled, .cancel): .canceled

        case (.review, .approve): .succeeded
        case (.review, .reject): .failed
        // Runs once more with what was said.
        case (.review, .answer): .queued
        // Asked again, or nothing to decide.
        case (.succeeded, .approve): .succeeded

        case (.failed, .retry), (.canceled, .retry): .queued
        case (.failed, .dependencyRetried), (.canceled, .dependencyRetried): .blocked

        case (.blocked, _), (.scheduled, _), (.queued, _), (.running, _): nil
        case (.succeeded, _), (.review, _), (.failed, _), (.canceled, _): nil
        }
    }
}
