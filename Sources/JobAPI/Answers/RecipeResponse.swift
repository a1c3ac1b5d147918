internal import Pipeline
internal import Storage

/// A recipe as callers see it.
enum RecipeResponse {
    static func stamp(of recipe: Recipe) throws(Failure) -> RecipeStamp {
        RecipeStamp(
            name: recipe.name, version: recipe.version, sha256: try SHA256Hasher.hash(recipe.canonicalJSON()))
    }

    static func list(_ recipes: [(Recipe, RecipeStamp)], builtIn: [Recipe], into writer: inout JSONWriter) {
        writer.array(recipes) { writer, stamped in
            writer.object {
                members(stamped.0, sha256: stamped.1.sha256, isBuiltIn: builtIn.contains(stamped.0), into: &$0)
            }
        }
    }

    static func members(_ recipe: Recipe, sha256: String, isBuiltIn: Bool, into writer: inout JSONWriter) {
        writer.member("name", recipe.name)
        writer.member("version", recipe.version)
        writer.member("workflow", recipe.workflow)
        writer.member("abstract", recipe.abstract)
        writer.key("options")
        writer.value(recipe.options)
        writer.member("sha256", sha256)
        writer.key("builtIn")
        writer.bool(isBuiltIn)
    }

    static func stamp(_ stamp: RecipeStamp?, into writer: inout JSONWriter) {
        guard let stamp else { return writer.null() }
        writer.object { writer in
            writer.member("name", stamp.name)
            writer.member("version", stamp.version)
            writer.member("sha256", stamp.sha256)
        }
    }
}
