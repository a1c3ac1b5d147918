import ExecutorFixture
import Pipeline

/// The stages of the fixture program, as the supervisor knows them.
enum FixtureRegistry {
    static let registry = FixtureStages.registry()
}
