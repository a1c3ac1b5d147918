import Foundation
import Imaging
import JobQueue
import Pipeline
import Storage
import TestKit

/// The jobs of a wave: mostly single ones, some in workflows that fan in, some that were done before and come from the cache.
struct Workload: Sendable {
    static let tenant = "chaos"

    /// One call of a caller, with the key that makes it safe to say twice.
    enum Order: Sendable {
        case job(JobRequest, key: String)
        case workflow(WorkflowRequest, key: String)

        var count: Int {
            switch self {
            case .job: 1
            case .workflow(let request, _): request.steps.count
            }
        }
    }

    let orders: [Order]

    /// - Parameters:
    ///   - photos: blobs that the tenant owns.
    ///   - request: the job of a number on a photo.
    init(_ count: Int, photos: [String], request: (Int, JobInput) -> JobRequest, output: String) {
        var orders: [Order] = []
        var number = 0
        func photo(_ number: Int) -> JobInput {
            JobInput(slot: "photo-1", name: "photo.png", source: .blob(sha256: photos[number % photos.count]))
        }
        while number < count {
            let key = "order-\(number)"
            if number % 8 == 0, number + 4 <= count {
                let steps = (0..<3).map {
                    WorkflowRequest.Step(label: "step-\($0)", job: request(number + $0, photo(number + $0)))
                }
                let made = JobInput(slot: "photo-1", name: "made", source: .output(job: "step-0", name: output))
                let last = WorkflowRequest.Step(
                    label: "last", job: request(number + 3, made), after: ["step-1", "step-2"], toleratesFailure: true)
                orders.append(.workflow(WorkflowRequest(name: "fan-in", steps: steps + [last]), key: key))
                number += 4
            } else {
                // Now and then the same as shortly before.
                let same = number % 16 == 7 ? number - 2 : number
                orders.append(.job(request(same, photo(same)), key: key))
                number += 1
            }
        }
        self.orders = orders
    }

    /// Small pictures, of which no two have the same bytes.
    static func photos(_ count: Int, in blobs: DirectoryBlobStore) throws -> [Blob] {
        let folder = try TemporaryFolder()
        return try (0..<count).map { number in
            let picture = try TestPicture.make(width: 60, height: 40, channels: 3) { x, y, pixel in
                (pixel[0], pixel[1]) = (UInt8(4 * x), UInt8(6 * y))
                pixel[2] = UInt8(truncatingIfNeeded: 37 * number + x * y)
            }
            let file = folder.url.appending(path: "\(number).png")
            try picture.encoded(.png()).write(to: file)
            return try blobs.put(file: file, move: true)
        }
    }

    /// A thumbnail whose options differ for each number, so that it is made and not found.
    static func thumbnail(_ number: Int, _ photo: JobInput) -> JobRequest {
        JobRequest(
            kind: "renditions",
            options: [
                "profiles": ["thumbnail"], "format": "jpeg", "quality": .int(30 + number / 50 % 60),
                "background": .string("#\(String(format: "%06x", number))"),
            ], inputs: [photo])
    }
}
