internal import Foundation
internal import Glibc
public import Pipeline

public struct FaultOptions: StageOptions {
    public var how = Fault.crash.rawValue
    public var megabytes = 64
    public var seconds = 60.0
    public init() {}
    public static let schema = OptionsSchema([
        OptionField("how", .choice(Fault.allCases.map(\.rawValue)), default: "crash", "what goes wrong"),
        OptionField("megabytes", .integer(1...4096), default: 64, "the memory budget"),
        OptionField("seconds", .number(0...600), default: 60, "the time budget"),
    ])
}

/// What can go wrong in an executor.
public enum Fault: String, CaseIterable, Sendable {
    case crash, abort, exit, allocate, slow, deaf, garbage, oversized, truncated, hangUp, secondHello, flood
    case outside, link, upward, twice, notNumber, environment, refuse
}

/// Does what no stage should.
public struct FaultStage: Stage {
    public typealias Output = [String]

    public static let kind: Kind = "fault"
    public static let version = 1
    public static let abstract = "Goes wrong."
    public static let arity = InputArity.set(0...8)

    public static func budget(for options: FaultOptions) -> Budget {
        Budget(pixels: 0, bytes: options.megabytes << 20, threads: 1, wallSeconds: options.seconds)
    }

    public func run(_ options: FaultOptions, in context: StageContext) async throws(Failure) -> [String] {
        try context.checkpoint(0.1, "about to fail")
        switch Fault(rawValue: options.how) {
        // A real fault: pool threads block the signal, so raising it would wait.
        case .crash, nil: UnsafeMutablePointer<UInt8>(bitPattern: 8)?.pointee = 1
        case .abort: Glibc.abort()
        case .exit: Glibc.exit(0)
        case .allocate: allocate()
        case .slow: while true { try pause(context) }
        case .deaf: while true { usleep(10_000) }
        case .garbage, .oversized, .truncated, .hangUp, .secondHello, .flood, .outside, .link, .upward:
            try speak(Fault(rawValue: options.how), context)
            while true { try pause(context) }
        case .twice:
            for _ in 1...2 { try write(Data("x".utf8), as: "text", "text/plain", in: context) }
        case .notNumber: context.review(ReviewFlag(code: "none", summary: "A flag of no importance."))
        case .environment: return ProcessInfo.processInfo.environment.keys.sorted()
        case .refuse: throw Failure(.noUsableViews, "No view can be used.", slot: "front")
        }
        return []
    }

    private func pause(_ context: StageContext) throws(Failure) {
        try context.checkpoint(0.5, "dawdling")
        usleep(5000)
    }

    /// Takes memory for good, a piece at a time, and touches it.
    private func allocate() {
        while true {
            memset(malloc(4 << 20), 1, 4 << 20)
            usleep(1000)
        }
    }

    /// Says on the channel what the honest side would never say.
    private func speak(_ fault: Fault?, _ context: StageContext) throws(Failure) {
        let file = context.scratch.appending(path: "x")
        switch fault {
        case .garbage: say(Array("\0\0\0\u{10}this is not JSON".utf8))
        case .oversized: say([0x7f, 0xff, 0xff, 0xff])
        case .truncated:
            say([0, 0, 1, 0, 123])
            Glibc.exit(0)
        case .hangUp: shutdown(3, Int32(SHUT_WR))
        case .secondHello: say(json: #"{"hello":{"version":1,"pid":1}}"#)
        case .flood: for index in 0..<5000 { emit("f\(index)", file: file.path, context) }
        case .upward: emit("../../x", file: file.path, context)
        case .outside: emit("x", file: "/etc/passwd", context, thenDone: true)
        case .link:
            symlink("/etc/passwd", file.path)
            emit("x", file: file.path, context, thenDone: true)
        default: break
        }
    }

    private func emit(_ path: String, file: String, _ context: StageContext, thenDone: Bool = false) {
        // The fence of the attempt is not the stage's to know; the fixture's tests use the one that the order carries.
        let fence = context.inputs.first.flatMap { Int($0.name) } ?? 0
        say(
            json: """
                {"emit":{"attempt":\(fence),"file":{"name":"\(path)","path":"\(path)","file":"\(file)","mediaType":"t/p"}}}
                """)
        if thenDone { say(json: #"{"done":{"attempt":\#(fence),"data":[]}}"#) }
    }

    private func say(json: String) {
        let body = Array(json.utf8)
        say([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: body.count >> $0) } + body)
    }

    private func say(_ bytes: [UInt8]) { _ = Glibc.write(3, bytes, bytes.count) }
}
