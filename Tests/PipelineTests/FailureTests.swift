import Foundation
import Pipeline
import Testing

@Suite struct FailureTests {
    @Test func `codes are unique lower-case snake words`() throws {
        let names = Failure.Code.allCases.map(\.rawValue)
        #expect(Set(names).count == names.count)
        for name in names {
            #expect(name.wholeMatch(of: /[a-z]+(_[a-z]+)*/) != nil, "\(name)")
        }
    }

    @Test func `every kind has a code, so every table's row can be reached`() {
        #expect(Set(Failure.Code.allCases.map(\.kind)) == Set(Failure.Kind.allCases))
    }

    @Test(arguments: [
        (Failure.Code.unknownOption, Failure.Kind.invalidOptions), (.inputMissing, .missingInput),
        (.imageTruncated, .unreadableInput), (.imageTooLarge, .overBudget), (.deadlineExceeded, .timedOut),
        (.memoryExceeded, .outOfMemory), (.databaseUnavailable, .unavailable), (.workerCrashed, .workerLost),
        (.cancelled, .cancelled), (.internalError, .bug),
    ])
    func `a code says what kind it is`(code: Failure.Code, kind: Failure.Kind) {
        #expect(Failure(code, "It failed.").kind == kind)
    }

    @Test func `the description says place, sentence, advice and code, and never the detail`() {
        let failure = Failure(
            .imageTruncated, "The picture ends early.", hint: "Send it again.", slot: "front",
            detail: "VipsJpeg: premature end at /var/secret")
        #expect(failure.description == "front: The picture ends early. Send it again. [image_truncated]")
        #expect(Failure(.cancelled, "The job was cancelled.").description == "The job was cancelled. [cancelled]")
    }

    @Test func `is said of the input where it arose, not of one further out`() {
        let plain = Failure(.imageEmpty, "The file is empty.", hint: "h", detail: "d")
        #expect(
            plain.about(slot: "left")
                == Failure(.imageEmpty, "The file is empty.", hint: "h", slot: "left", detail: "d"))
        #expect(plain.about(slot: "left").about(slot: "right").slot == "left")
    }

    @Test func `round trips through JSON by its stable code`() throws {
        let failure = Failure(.hashMismatch, "The bytes differ.", hint: "Send again.", slot: "photo-1", detail: "x")
        let json = try JSON.encode(failure)
        #expect(String(decoding: json, as: UTF8.self).contains(#""code":"hash_mismatch""#))
        #expect(try JSON.decode(Failure.self, from: json) == failure)
    }
}
