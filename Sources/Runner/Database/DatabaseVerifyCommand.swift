internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Storage

/// `rundum db verify`: whether rows and blobs agree.
struct DatabaseVerifyCommand: Command {
    static let name = "db verify"
    static let abstract = "Says whether rows and blobs agree: what is missing, broken, or left over. Changes nothing."
    static let usage = "[--quick] [--remove-left-over] [--json]"
    static let options = [
        Option("--quick", "Compare sizes only, and read no file."),
        Option("--remove-left-over", "Remove files that no row speaks of, older than an hour."), .home, .json,
    ]
    static let examples = [Example("rundum db verify", "reads every file and compares it with its name")]

    private let arguments: Arguments
    init(_ arguments: Arguments) throws(Failure) {
        try arguments.refuseOperands()
        self.arguments = arguments
    }

    func run() async throws(Failure) -> ExitStatus {
        try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            let check = try StoreCheck(
                StoreSurvey(url: installation.databaseURL), installation.blobs, checksums: !arguments.has("--quick"),
                progress: StoreProgress())
            Terminal.out(arguments.has("--json") ? try json(check) : check.text)
            if arguments.has("--remove-left-over") {
                for blob in check.leftOver { try installation.blobs.remove(blob) }
                Terminal.say("\(check.leftOver.count) files are removed.")
            }
            return check.isSound ? .ok : .failed
        }
    }
}
