internal import Foundation
internal import Pipeline

/// The recipes that ship, as data in `recipes.json`. A change to one raises its version there.
enum BuiltInRecipes {
    static func all() throws(Failure) -> [Recipe] {
        let drafts = try JSON.decode(JSONValue.self, from: Data(PackageResources.recipes_json))
        return try (drafts.arrayValue ?? []).map { json throws(Failure) in
            let draft = try RecipeDraft(json: json)
            return draft.recipe(version: draft.version ?? 1)
        }
    }
}
