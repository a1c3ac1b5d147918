internal import JobQueue
internal import Pipeline
internal import Storage

/// `rundum erase`: forgets everything about a subject.
struct EraseCommand: Command {
    static let name = "erase"
    static let abstract = "Forgets everything about a subject: its jobs, what was found, read and made, and its photos."
    static let usage = "--subject NAME [options]"
    static let subject = Option("--subject", "NAME", "What the photos show, as it was named when they were given.")
    static let options = [subject, Option.tenant, .home, .json]
    static let discussion = """
        Jobs with their results, what plates said, cached results, and all files that no other subject of the tenant needs. Jobs
        that have not ended must end first. Folders that you had written, such as a listing, are yours to remove.
        """
    static let examples = [Example("rundum erase --subject stock-4711", "forgets that car, and says what went")]

    private let subject: String
    private let arguments: Arguments

    init(_ arguments: Arguments) throws(Failure) {
        try arguments.refuseOperands()
        subject = try arguments.require(Self.subject)
        self.arguments = arguments
    }

    func run() async throws(Failure) -> ExitStatus {
        let receipt = try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            let receipt = try await installation.store.erase(subject: subject, tenant: arguments.tenant)
            for blob in receipt.orphans { try installation.blobs.remove(blob) }
            return receipt
        }
        if arguments.has("--json") {
            Terminal.out(try json(receipt))
        } else {
            Terminal.out(
                "\(receipt.jobs) jobs about \(receipt.subject) are forgotten, \(receipt.blobs.count) files with them.")
        }
        return .ok
    }
}
