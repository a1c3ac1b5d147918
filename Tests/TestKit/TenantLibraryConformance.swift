public import JobQueue
internal import Pipeline

/// What every library promises, as checks that a test runs against a fresh one.
public struct TenantLibraryConformance: Sendable, CustomStringConvertible {
    public let name: String
    /// Gets an empty library in which the tenant `dealer` owns the blobs `blob(1)` and `blob(2)`, and nobody `blob(3)`.
    public let run: @Sendable (_ library: any TenantLibrary) async throws -> Void

    public var description: String { name }

    public static let all: [TenantLibraryConformance] = recipes + defaults + backgrounds

    /// A hash that names no real bytes.
    public static func blob(_ number: Int) -> String { String(repeating: "0", count: 63) + "\(number)" }

    private init(_ name: String, _ run: @escaping @Sendable (_ library: any TenantLibrary) async throws -> Void) {
        (self.name, self.run) = (name, run)
    }

    private static func draft(
        _ colour: JSONValue = "red", name: String = "house", version: Int? = nil, workflow: String = "showroom"
    ) -> RecipeDraft {
        RecipeDraft(name: name, version: version, workflow: workflow, options: ["colour": colour], abstract: "Ours.")
    }

    private static func hall(_ number: Int = 1, floor: Double = 0.8, name: String = "hall") throws -> BackgroundDraft {
        try BackgroundDraft(name: name, sha256: blob(number), floor: floor, lightX: -0.5, width: 1600, height: 900)
    }

    private static let recipes: [TenantLibraryConformance] = [
        .init("a change makes a new version, and the old one stays") { library in
            let first = try await library.put(draft(), tenant: "dealer")
            let second = try await library.put(draft("blue"), tenant: "dealer")
            try expect(first.isNew && second.isNew && second.value.version == 2, "versions count")
            let old = try await library.recipe(LibraryReference(name: "house", version: 1), tenant: "dealer")
            try expect(old == first.value && old?.options == ["colour": "red"], "version 1 is as it was")
            let newest = try await library.recipe(LibraryReference(name: "house"), tenant: "dealer")
            try expect(newest == second.value, "without a number it is the newest")
            try expect(try await library.recipes(tenant: "dealer") == [second.value], "the list has the newest")
        },
        .init("the same again is no new version") { library in
            _ = try await library.put(draft(), tenant: "dealer")
            let again = try await library.put(draft(), tenant: "dealer")
            try expect(!again.isNew && again.value.version == 1, "nothing new")
            _ = try await library.put(draft("blue"), tenant: "dealer")
            let back = try await library.put(draft(), tenant: "dealer")
            try expect(back.isNew && back.value.version == 3, "going back is a change")
            let stated = try await library.put(draft(version: 1), tenant: "dealer")
            try expect(!stated.isNew && stated.value.version == 1, "an old version, stated as it is")
        },
        .init("a stated version is the next one or what it is already") { library in
            try await expectFailure(.conflict) { _ = try await library.put(draft(version: 2), tenant: "dealer") }
            _ = try await library.put(draft(version: 1), tenant: "dealer")
            try await expectFailure(.conflict) {
                _ = try await library.put(draft("blue", version: 1), tenant: "dealer")
            }
            _ = try await library.put(draft("blue", version: 2), tenant: "dealer")
            try await expectFailure(.conflict) {
                _ = try await library.put(draft(workflow: "property"), tenant: "dealer")
            }
            try expect(try await library.recipes(tenant: "dealer").map(\.version) == [2], "refusals leave nothing")
        },
        .init("null options mean the default and are not kept") { library in
            let draft = RecipeDraft(name: "bare", workflow: "showroom", options: ["colour": .null, "depth": 0.5])
            let kept = try await library.put(draft, tenant: "dealer").value
            let read = try await library.recipe(kept.reference, tenant: "dealer")
            try expect(read == kept && read?.options == ["depth": 0.5], "only what is said")
        },
        .init("a tenant sees its own recipes only") { library in
            _ = try await library.put(draft(), tenant: "dealer")
            try expect(try await library.recipe(LibraryReference(name: "house"), tenant: "other") == nil, "not others'")
            try expect(try await library.recipes(tenant: "other").isEmpty, "nor in the list")
            let theirs = try await library.put(draft("blue"), tenant: "other")
            try expect(theirs.value.version == 1, "versions are a tenant's own")
        },
    ]

    private static let defaults: [TenantLibraryConformance] = [
        .init("a default is a tenant's and a workflow's, and can be taken back") { library in
            let pinned = LibraryReference(name: "house", version: 3)
            try await library.setDefault(LibraryReference(name: "dark"), workflow: "showroom", tenant: "dealer")
            try await library.setDefault(pinned, workflow: "showroom", tenant: "dealer")
            try await library.setDefault(LibraryReference(name: "flat"), workflow: "property", tenant: "dealer")
            let found = try await library.defaultRecipes(tenant: "dealer")
            try expect(found == ["showroom": pinned, "property": LibraryReference(name: "flat")], "both are kept")
            try expect(try await library.defaultRecipes(tenant: "other").isEmpty, "others have none")
            try await library.setDefault(nil, workflow: "showroom", tenant: "dealer")
            try await library.setDefault(nil, workflow: "showroom", tenant: "unheard-of")
            try expect(try await library.defaultRecipes(tenant: "dealer").keys.sorted() == ["property"], "one is left")
        }
    ]

    private static let backgrounds: [TenantLibraryConformance] = [
        .init("a background has versions like a recipe") { library in
            let first = try await library.put(hall(), tenant: "dealer")
            let same = try await library.put(hall(), tenant: "dealer")
            let moved = try await library.put(hall(floor: 0.7), tenant: "dealer")
            let other = try await library.put(hall(2), tenant: "dealer")
            try expect(first.isNew && !same.isNew && moved.isNew && other.isNew, "a change is a version")
            try expect(other.value.version == 3, "versions count")
            let old = try await library.background(first.value.reference, tenant: "dealer")
            try expect(old == first.value && old?.lightX == -0.5, "version 1 is as it was")
            try expect(
                try await library.background(LibraryReference(name: "hall"), tenant: "dealer") == other.value, "newest")
            try expect(try await library.backgrounds(tenant: "dealer") == [other.value], "the list has the newest")
            try expect(try await library.backgrounds(tenant: "other").isEmpty, "others have none")
        },
        .init("a hash is not a key: another's picture can't be a background") { library in
            try await expectFailure(.inputMissing) { _ = try await library.put(hall(3), tenant: "dealer") }
            try await expectFailure(.inputMissing) { _ = try await library.put(hall(1), tenant: "other") }
            try expect(try await library.backgrounds(tenant: "dealer").isEmpty, "nothing is kept")
        },
    ]

    private static func expect(_ holds: Bool, _ what: String) throws {
        if !holds { throw Broken(description: what) }
    }

    private static func expectFailure(_ code: Failure.Code, _ body: () async throws -> Void) async throws {
        do { try await body() } catch let failure as Failure {
            return try expect(failure.code == code, "\(failure.code.rawValue) instead of \(code.rawValue)")
        }
        throw Broken(description: "no \(code.rawValue)")
    }

    private struct Broken: Error, CustomStringConvertible { let description: String }
}
