import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

@Suite struct `A tenant's library` {
    @Test(arguments: TenantLibraryConformance.all) func `on PostgreSQL`(check: TenantLibraryConformance) async throws {
        let store = try await TestDatabase.fresh().store
        for number in 1...2 {
            try await store.own(blob: TenantLibraryConformance.blob(number), bytes: 10, tenant: "dealer")
        }
        try await check.run(store)
    }

    @Test(arguments: TenantLibraryConformance.all) func `in memory`(check: TenantLibraryConformance) async throws {
        try await check.run(
            MemoryLibrary { blob, tenant in
                tenant == "dealer" && (1...2).contains { TenantLibraryConformance.blob($0) == blob }
            })
    }

    @Test func `no statement can change a version`() async throws {
        let db = try await TestDatabase.fresh()
        let draft = RecipeDraft(name: "house", workflow: "showroom", options: ["colour": "red"])
        _ = try await db.store.put(draft, tenant: "dealer")
        let refused = await failure { try await db.rows("update rundum.recipe set options = '{}'") }
        #expect(refused?.code == .conflict)
    }

    @Test func `eight at once make eight versions without a gap`() async throws {
        let store = try await TestDatabase.fresh(connections: 8).store
        let versions = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...8 {
                let draft = RecipeDraft(name: "house", workflow: "showroom", options: ["colour": .int(number)])
                group.addTask { try await store.put(draft, tenant: "dealer").value.version }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(versions.sorted() == Array(1...8))
    }

    @Test func `a workflow remembers its recipe, and a key what was asked`() async throws {
        let queue = try await QueueFixture.fresh()
        let stamp = RecipeStamp(name: "house", version: 2, sha256: QueueFixture.sha(9))
        var request = WorkflowRequest(name: "test", steps: [queue.step("a")], recipe: stamp, asked: "the newest house")
        let first = try await queue.store.enqueue(request, tenant: queue.tenant, idempotencyKey: "k")
        let id = try #require(first.workflow)
        #expect(try await queue.store.recipe(ofWorkflow: id, tenant: queue.tenant) == stamp)
        #expect(try await queue.store.recipe(ofWorkflow: id, tenant: "other") == nil)

        request.recipe = RecipeStamp(name: "house", version: 3, sha256: QueueFixture.sha(10))
        request.steps[0].job.options = ["edge": 3]
        let again = try await queue.store.enqueue(request, tenant: queue.tenant, idempotencyKey: "k")
        #expect(again.replayed && again.workflow == id)
        request.asked = "another"
        let other = await failure {
            _ = try await queue.store.enqueue(request, tenant: queue.tenant, idempotencyKey: "k")
        }
        #expect(other?.code == .idempotencyMismatch)
        let plain = try await queue.enqueue([queue.step("b")])
        let bare = try #require(plain["b"]?.workflow)
        #expect(try await queue.store.recipe(ofWorkflow: bare, tenant: queue.tenant) == nil)
    }
}

@Suite struct `A recipe book` {
    private static let template = WorkflowTemplate(
        name: "showroom", abstract: "", arity: .one,
        optionsSchema: OptionsSchema([
            OptionField("colour", .choice(["red", "blue"]), default: "red", ""),
            OptionField("background", .string(maxLength: 80), default: "", ""),
        ])
    ) { (_: WorkflowInputs, _: JSONValue) throws(Failure) in WorkflowRequest(name: "showroom", steps: []) }
    private static let shipped = Recipe(
        name: "studio", version: 4, workflow: "showroom", options: ["colour": "blue"], abstract: "Ours.")

    private let library = MemoryLibrary()
    private var book: RecipeBook { RecipeBook(builtIn: [Self.shipped], library: library, workflows: [Self.template]) }

    private func draft(_ options: JSONValue, name: String = "house", workflow: String = "showroom") -> RecipeDraft {
        RecipeDraft(name: name, workflow: workflow, options: options)
    }

    @Test func `finds what ships and what the tenant keeps`() async throws {
        let own = try await book.put(draft(["colour": "red"]), tenant: "dealer").value
        #expect(try await book.recipes(tenant: "dealer") == [Self.shipped, own])
        #expect(try await book.recipe(LibraryReference(name: "studio"), tenant: "dealer") == Self.shipped)
        #expect(try await book.recipe(LibraryReference(name: "house", version: 1), tenant: "dealer") == own)
        let missing = await failure {
            _ = try await book.recipe(LibraryReference(name: "studio", version: 3), tenant: "dealer")
        }
        #expect(missing?.code == .notFound && missing?.hint == "Recipes are: studio@4, house@1.")
    }

    @Test func `takes the tenant's default when a request names none`() async throws {
        #expect(try await book.recipe(nil, workflow: "showroom", tenant: "dealer") == nil)
        await library.setDefault(LibraryReference(name: "studio"), workflow: "showroom", tenant: "dealer")
        #expect(try await book.recipe(nil, workflow: "showroom", tenant: "dealer") == Self.shipped)
        #expect(try await book.recipe(nil, workflow: "showroom", tenant: "other") == nil)
        let wrong = await failure {
            _ = try await book.recipe(LibraryReference(name: "studio"), workflow: "property", tenant: "dealer")
        }
        #expect(wrong?.code == .invalidRequest)
    }

    @Test func `refuses what its workflow would refuse, by name`() async throws {
        let cases: [(RecipeDraft, Failure.Code, String)] = [
            (draft(["color": "red"]), .unknownOption, "color"), (draft(["colour": "green"]), .invalidOptions, "colour"),
            (draft([:], workflow: "nope"), .invalidRequest, "nope"), (draft([:], name: "studio"), .conflict, "studio"),
            (draft(["background": "own:hall"]), .notFound, "hall"),
            (draft(["background": "own:Hall 1"]), .invalidOptions, "Hall 1"),
        ]
        for (draft, code, word) in cases {
            let refused = await failure { _ = try await book.put(draft, tenant: "dealer") }
            #expect(refused?.code == code && refused?.summary.contains(word) == true, "\(draft)")
        }
        #expect(await library.recipes(tenant: "dealer").isEmpty)
    }
}
