import Foundation
import JobQueue
import Pipeline

/// `queue-bench`: what `make bench AREA=queue` runs of ours. Prints one JSON object on standard output.
@main
enum QueueBench {
    static let usage = """
        usage: queue-bench serve --home DIR                     a private cluster, until standard input ends
               queue-bench enqueue --url URL --jobs N           N no-op jobs by COPY
               queue-bench drain --url URL --jobs N [--lines N] the worker's own path over what is queued
               queue-bench latency --url URL --jobs N           from asking to the start on an idle worker
               queue-bench work --url URL --kind KIND           does such jobs until standard input ends
               queue-bench probe --url URL --seconds N          enqueues a live job every 50 ms
        """

    static func main() async {
        do {
            let wish = try Wish(Array(CommandLine.arguments.dropFirst()))
            switch wish.command {
            case "serve": try await serve(wish)
            case "enqueue": try await enqueue(wish)
            case "drain": try await Drain.run(wish)
            case "latency": try await Latency.run(wish)
            case "work": try await Backfill.work(wish)
            case "probe": try await Backfill.probe(wish)
            default: throw Failure(.invalidOptions, usage)
            }
        } catch let failure as Failure {
            FileHandle.standardError.write(Data("\(failure)\n\(failure.detail ?? "")\n".utf8))
            exit(failure.code == .invalidOptions ? 2 : 1)
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }

    private static func serve(_ wish: Wish) async throws {
        // As an operator would set a server of this size; everybody in the run has the same one.
        let settings = ["shared_buffers": "512MB", "max_wal_size": "4GB", "max_connections": "100"]
        let cluster = try PrivateCluster.open(
            home: URL(filePath: try wish.text("--home")), settings: settings, durable: true)
        let database = Database(url: cluster.url)
        _ = try await database.migrate()
        await database.close()
        report(["url": .string(cluster.url), "pid": .int(Int(cluster.serverPID ?? 0))])
        while readLine() != nil {}
        cluster.close()
    }

    private static func enqueue(_ wish: Wish) async throws {
        let store = PostgresJobStore(Database(url: try wish.text("--url")))
        var left = try wish.number("--jobs")
        _ = try await store.enqueue(JobRequest(kind: "warm-up", inputs: []), tenant: "bench", idempotencyKey: nil)
        let watch = Watch()
        while left > 0 {
            let count = min(left, 50_000)
            let requests = Array(repeating: JobRequest(kind: "noop", inputs: []), count: count)
            _ = try await store.enqueue(many: requests, tenant: "bench")
            left -= count
        }
        report(watch.figures)
        await store.close()
    }

    static func report(_ figures: [String: JSONValue]) {
        guard let json = try? JSON.encode(JSONValue.object(figures)) else { return }
        FileHandle.standardOutput.write(json + Data("\n".utf8))
    }
}

/// The command's words.
struct Wish {
    let command: String
    private var values: [String: String] = [:]

    init(_ words: [String]) throws(Failure) {
        command = words.first ?? ""
        for index in stride(from: 1, to: words.count, by: 2) {
            guard index + 1 < words.count else { throw Failure(.invalidOptions, QueueBench.usage) }
            values[words[index]] = words[index + 1]
        }
    }

    func text(_ name: String) throws(Failure) -> String {
        guard let value = values[name] else { throw Failure(.invalidOptions, QueueBench.usage) }
        return value
    }

    func number(_ name: String, default standard: Int? = nil) throws(Failure) -> Int {
        if values[name] == nil, let standard { return standard }
        guard let number = Int(try text(name)), number > 0 else { throw Failure(.invalidOptions, QueueBench.usage) }
        return number
    }
}

/// Wall time and this process's CPU time from its making.
struct Watch {
    private let start = ContinuousClock.now
    private let cpu = Watch.cpuSeconds

    var figures: [String: JSONValue] {
        ["seconds": .number((ContinuousClock.now - start) / .seconds(1)), "cpu": .number(Self.cpuSeconds - cpu)]
    }

    private static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
