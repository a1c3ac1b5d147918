import Foundation
import Pipeline
import Testing

@testable import Runner

@Suite struct `Recipes that ship` {
    @Test func `fit their workflow, and what they build is admitted`() throws {
        let recipes = try BuiltInRecipes.all()
        #expect(recipes.count >= 5 && Set(recipes.map(\.name)).count == recipes.count)
        let registry = try Composition.registry(home: URL(filePath: "/nowhere"))
        let photo = JobInput(
            slot: "photo-1", name: "a.jpg", source: .blob(sha256: String(repeating: "0", count: 64)))
        for recipe in recipes {
            #expect(LibraryReference.isName(recipe.name) && !recipe.abstract.isEmpty)
            #expect(recipe.workflow == ShowroomWorkflow.template.name)
            let request = try ShowroomWorkflow.template.request(
                WorkflowInputs(photos: [photo]), options: recipe.options)
            let admitted = try registry.admit(request)
            let studio = recipe.options["backdrop"] ?? "studio-light"
            #expect(admitted.steps.first { $0.job.kind == "cutout" }?.job.options["background"] == studio)
        }
    }

    @Test func `are listed by kinds with their options`() throws {
        let facts = try #require(try WorkflowFacts.named("showroom"))
        #expect(facts.description["recipes"]?.arrayValue?.count == (try BuiltInRecipes.all().count))
        #expect(facts.page.contains("studio-dark@1") && facts.page.contains("backdrop=studio-dark"))
        #expect(try WorkflowFacts.table().contains("showroom"))
        #expect(try WorkflowFacts.named("nope") == nil)
    }

    @Test func `a background of one's own goes to cut-outs and spin, and options go before what it says`() throws {
        let registry = try Composition.registry(home: URL(filePath: "/nowhere"))
        let sha = String(repeating: "a", count: 64)
        let hall = Background(
            name: "hall", version: 2, sha256: sha, floor: 0.75, lightX: 0.25, width: 1600, height: 900)
        let photo = JobInput(slot: "photo-1", name: "a.jpg", source: .blob(sha256: String(repeating: "0", count: 64)))
        let request = try ShowroomWorkflow.template.request(
            WorkflowInputs(photos: [photo], background: hall), options: ["backdrop": "own:hall@2", "lightX": -1])
        for step in try registry.admit(request).steps
        where ["cutout", "spin"].contains(step.job.kind) {
            #expect(step.job.inputs.last == JobInput(slot: "background", name: "hall@2", source: .blob(sha256: sha)))
            #expect(step.job.options["floorLine"] == 0.75 && step.job.options["lightX"]?.doubleValue == -1)
        }
    }
}
