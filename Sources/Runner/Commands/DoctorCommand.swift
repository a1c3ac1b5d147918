internal import Foundation
internal import Imaging
internal import JobQueue
internal import Pipeline

/// `rundum doctor`: looks at everything that the work needs and says what to do about what is missing.
struct DoctorCommand: Command {
    static let name = "doctor"
    static let abstract = "Checks models, precision, picture formats, data folder and database, and says what to do."
    static let usage = "[--home DIR] [--json]"
    static let options = [Option.home, .json]
    static let examples = [Example("rundum doctor", "looks at this machine")]

    private let arguments: Arguments
    init(_ arguments: Arguments) throws(Failure) {
        try arguments.refuseOperands()
        self.arguments = arguments
    }

    /// One line of the report.
    struct Finding: Encodable {
        let check: String
        let ok: Bool
        let says: String
        let hint: String?
    }

    func run() async throws(Failure) -> ExitStatus {
        let findings = models() + [precision(), folder(), space(), await database()]
        if arguments.has("--json") {
            Terminal.out(try json(findings))
        } else {
            for finding in findings {
                let mark = finding.ok ? "ok     " : "missing"
                Terminal.out(
                    "\(mark)  \(finding.check): \(finding.says)" + (finding.hint.map { "\n         \($0)" } ?? ""))
            }
        }
        return findings.allSatisfy(\.ok) ? .ok : .failed
    }

    private func check(_ name: String, _ body: () async throws(Failure) -> String) async -> Finding {
        do throws(Failure) { return Finding(check: name, ok: true, says: try await body(), hint: nil) } catch {
            return Finding(check: name, ok: false, says: error.summary, hint: error.hint)
        }
    }

    private func models() -> [Finding] {
        do throws(Failure) {
            let store = try ModelStore.found()
            return store.models.map { model in
                do throws(Failure) {
                    _ = try store.file(of: model)
                    return Finding(check: "model \(model.name)", ok: true, says: "installed", hint: nil)
                } catch {
                    return Finding(check: "model \(model.name)", ok: false, says: error.summary, hint: error.hint)
                }
            }
        } catch {
            return [Finding(check: "models", ok: false, says: error.summary, hint: error.hint)]
        }
    }

    private func precision() -> Finding {
        Finding(
            check: "precision", ok: true, says: "auto is \(Precision.auto.running().rawValue) on this processor",
            hint: nil)
    }

    private func folder() -> Finding {
        let folder = Home.folder(arguments.value("--home"))
        do throws(Failure) {
            try Home.prepare(folder)
            let writable = access(folder.path, W_OK) == 0
            return Finding(
                check: "data folder", ok: writable, says: folder.path,
                hint: writable ? nil : "It can't be written: name another with RUNDUM_HOME.")
        } catch { return Finding(check: "data folder", ok: false, says: error.summary, hint: error.hint) }
    }

    private func space() -> Finding {
        let folder = Home.folder(arguments.value("--home")).path
        let free = (try? FileManager.default.attributesOfFileSystem(forPath: folder))?[.systemFreeSize] as? Int ?? 0
        let enough = free > 2_000_000_000
        return Finding(
            check: "free space", ok: enough, says: "\(free / 1_000_000_000) GB", hint: enough ? nil : "Keep 2 GB free.")
    }

    private func database() async -> Finding {
        await check("database") { () async throws(Failure) -> String in
            try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
                installation.cluster == nil ? "DATABASE_URL answers" : "a private PostgreSQL, which starts and stops"
            }
        }
    }
}
