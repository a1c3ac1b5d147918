internal import Foundation

exit(await Dispatcher.run(Array(CommandLine.arguments.dropFirst())).rawValue)
