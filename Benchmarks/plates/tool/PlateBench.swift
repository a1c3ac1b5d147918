import Foundation
import Imaging
import Pipeline

/// `plate-bench PHOTO... --out FILE`: the finder of plates alone, for the evaluation and the benchmark.
@main
enum PlateBench {
    static let usage = """
        usage: plate-bench PHOTO... --out FILE [--threads N] [--precision f32|bf16|auto] [--read] [--repeat N]
                           [--evidence]

        Writes what plates each photo shows and where it may show others, and the seconds that finding them took.
        --read     the plates' text too
        --evidence all that would be judged and what speaks for it, in place of what is found
        --repeat   each photo so many times; the seconds are the last time's
        """

    struct Wish {
        var photos: [URL] = []
        var out: URL?
        var threads = 2
        var precision = Precision.f32
        var reads = false
        var tells = false
        var times = 1

        init(_ arguments: [String]) throws(Failure) {
            var rest = arguments[...]
            while let word = rest.popFirst() {
                switch word {
                case "--read": reads = true
                case "--evidence": tells = true
                case "--out": out = rest.popFirst().map { URL(filePath: $0) }
                case "--threads": threads = rest.popFirst().flatMap { Int($0) } ?? 0
                case "--repeat": times = rest.popFirst().flatMap { Int($0) } ?? 0
                case "--precision":
                    guard let named = rest.popFirst().flatMap({ Precision(rawValue: $0) }) else { throw Self.wrong }
                    precision = named
                default: photos.append(URL(filePath: word))
                }
            }
            guard !photos.isEmpty, out != nil, threads > 0, times > 0 else { throw Self.wrong }
        }

        private static let wrong = Failure(.invalidOptions, "The words are not understood.", detail: usage)
    }

    static func main() {
        do {
            try run(Wish(Array(CommandLine.arguments.dropFirst())))
        } catch let failure as Failure {
            FileHandle.standardError.write(Data("\(failure)\n\(failure.detail ?? "")\n".utf8))
            exit(failure.code == .invalidOptions ? 2 : 1)
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }

    static func run(_ wish: Wish) throws {
        let store = try ModelStore.found()
        let sessions = SessionPool(limit: 8)
        let networks = try PlateNetworks { name throws(Failure) in
            try sessions.session(
                of: store.model(name), in: store, precision: wish.precision, threads: wish.threads)
        }
        let finder = PlateFinder(networks: networks)
        var records: [PlateRecord] = []
        for photo in wish.photos {
            let picture = try ImageFile.decode(photo, as: .rgb)
            var (found, seconds) = (PlateFindings(plates: []), 0.0)
            for _ in 0..<wish.times where !wish.tells {
                let began = ContinuousClock.now
                found = try finder.findings(on: picture, reads: wish.reads)
                seconds = (ContinuousClock.now - began) / .seconds(1)
            }
            let evidence = wish.tells ? try finder.evidence(on: picture) : []
            records.append(PlateRecord(photo, found, evidence, seconds: seconds))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        if let out = wish.out { try encoder.encode(records).write(to: out, options: .atomic) }
    }
}
