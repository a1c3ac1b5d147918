internal import Foundation
internal import Pipeline
internal import Worker

/// The program that tests start in place of `rundum`: an executor with stages that behave in every bad way.
@main struct ExecutorFixture {
    static func main() async {
        switch CommandLine.arguments.dropFirst().first {
        case "execute": exit(await ExecutorMain.run(registry: FixtureStages.registry()))
        default: exit(2)
        }
    }
}
