internal import CProcess

/// How a process ended.
struct ExitReport: Sendable, Equatable {
    enum Status: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    let status: Status
    /// What it did against the rules of the channel before it was ended for it.
    let violation: String?

    init(_ status: Status, violation: String? = nil) { (self.status, self.violation) = (status, violation) }

    /// From the status word of `wait4`.
    init(waitStatus: Int32, violation: String?) {
        let signal = waitStatus & 0x7f
        self.init(signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signalled(signal), violation: violation)
    }

    /// For operators: `ended by SIGSEGV`, `exited with status 0`.
    var words: String {
        let end =
            switch status {
            case .exited(let code): "exited with status \(code)"
            case .signalled(let signal): "ended by \(Self.name(ofSignal: signal))"
            }
        return violation.map { "\($0); \(end)" } ?? end
    }

    static func name(ofSignal signal: Int32) -> String {
        cprocess_signal_name(signal).map { "SIG" + String(cString: $0) } ?? "signal \(signal)"
    }
}
