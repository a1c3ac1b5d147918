internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Stages
internal import Storage

/// Turns items into entries for the queue: stores their pictures and makes the requests.
struct BackfillLoader: Sendable {
    let target: BackfillTarget
    let backfill: Backfill
    let registry: StageRegistry
    let store: PostgresJobStore
    let blobs: DirectoryBlobStore

    struct Load: Sendable {
        var entries: [(item: BackfillItem, entry: BackfillEntry)] = []
        /// Stored from files.
        var blobs: [(sha256: String, bytes: Int)] = []
    }

    /// An item that can't be used becomes an entry with its failure.
    ///
    /// - Throws: what concerns the machine and not the item: `storageUnavailable`, `databaseUnavailable`.
    func load(_ items: [BackfillItem]) async throws(Failure) -> Load {
        let named = Set(items.flatMap { $0.source.files.compactMap(\.sha256) })
        let owned = named.isEmpty ? [] : try await store.owned(blobs: named, tenant: backfill.tenant)
        // Copying and hashing blocks.
        let outcome: Result<Load, Failure> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: Result { () throws(Failure) in try self.load(items, owned: owned) })
            }
        }
        return try outcome.get()
    }

    private func load(_ items: [BackfillItem], owned: Set<String>) throws(Failure) -> Load {
        var load = Load()
        for item in items {
            do throws(Failure) {
                let inputs = try inputs(of: item, owned: owned, into: &load.blobs)
                let entry = try target.entry(inputs, of: item, spec: backfill.spec, registry: registry)
                load.entries.append((item, entry))
            } catch {
                guard error.kind != .unavailable else { throw error }
                load.entries.append((item, .failure(error)))
            }
        }
        return load
    }

    private func inputs(
        of item: BackfillItem, owned: Set<String>, into stored: inout [(sha256: String, bytes: Int)]
    ) throws(Failure) -> [JobInput] {
        var inputs: [JobInput] = []
        for file in item.source.files where !isOfAll(file.slot) {
            if let path = file.path {
                let place = URL(filePath: path)
                do {
                    let blob = try blobs.put(file: try ShowroomRun.readable(place), move: false)
                    stored.append((blob.sha256, blob.bytes))
                    inputs.append(
                        JobInput(
                            slot: file.slot, name: file.name ?? place.lastPathComponent,
                            source: .blob(sha256: blob.sha256)))
                } catch { throw error.about(slot: file.slot) }
            } else {
                guard let sha256 = file.sha256, owned.contains(sha256) else {
                    throw Failure(
                        .inputMissing, "The input \(file.slot) is not stored.",
                        hint: "Name a file, or the sha256 of one that the tenant has stored.", slot: file.slot)
                }
                inputs.append(
                    JobInput(slot: file.slot, name: file.name ?? file.slot, source: .blob(sha256: sha256)))
            }
        }
        return inputs
    }

    /// Of an earlier workflow's files: those that are given to all anew.
    private func isOfAll(_ slot: String) -> Bool {
        backfill.spec.isWorkflow && [Background.slot, PlatesStage.logoSlot].contains(slot)
    }
}
