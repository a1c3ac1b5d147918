internal import Pipeline

/// `rundum db migrate`: brings the schema to this version.
struct DatabaseMigrateCommand: Command {
    static let name = "db migrate"
    static let abstract = "Brings the database's schema to this version; does nothing when it is."
    static let usage = "[--home DIR]"
    static let options = [Option.home]
    static let examples = [
        Example("DATABASE_URL=postgresql:///rundum rundum db migrate", "prepares a database of your own")
    ]

    private let home: String?
    init(_ arguments: Arguments) throws(Failure) {
        try arguments.refuseOperands()
        home = arguments.value("--home")
    }

    func run() async throws(Failure) -> ExitStatus {
        try await Installation.with(home: home) { _ throws(Failure) in }
        Terminal.say("The schema is current.")
        return .ok
    }
}
