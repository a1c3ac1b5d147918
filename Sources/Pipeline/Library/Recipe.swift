public import Foundation

/// A named set of options for a workflow. A version never changes: what is changed is the next version.
public struct Recipe: Sendable, Equatable, Codable {
    public let name: String
    /// From 1.
    public let version: Int
    public let workflow: String
    /// Those that are not left to their defaults.
    public let options: JSONValue
    /// One sentence for people.
    public let abstract: String

    public init(name: String, version: Int, workflow: String, options: JSONValue, abstract: String) {
        (self.name, self.version, self.workflow) = (name, version, workflow)
        (self.options, self.abstract) = (options, abstract)
    }

    public var reference: LibraryReference { LibraryReference(name: name, version: version) }

    /// What its SHA-256 is taken of: JSON with sorted keys.
    public func canonicalJSON() throws(Failure) -> Data { try JSON.encode(self) }

    /// Its options with others laid over them, as a workflow takes them.
    public func options(under given: JSONValue) -> JSONValue {
        .object((options.objectValue ?? [:]).merging(given.objectValue ?? [:]) { $1 })
    }
}

/// A recipe as somebody writes it: the version is the next one unless it is said.
public struct RecipeDraft: Sendable, Equatable {
    public let name: String
    public let version: Int?
    public let workflow: String
    public let options: JSONValue
    public let abstract: String

    public init(name: String, version: Int? = nil, workflow: String, options: JSONValue, abstract: String = "") {
        (self.name, self.version, self.workflow) = (name, version, workflow)
        (self.options, self.abstract) = (options, abstract)
    }

    /// Reads a recipe file: `{"name", "version"?, "workflow", "options", "abstract"?}`.
    ///
    /// - Throws: `invalidRequest` that names the member.
    public init(json: JSONValue) throws(Failure) {
        guard let members = json.objectValue else { throw Self.wrong("The recipe must be a JSON object.") }
        let known = ["name", "version", "workflow", "options", "abstract"]
        if let odd = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw Self.wrong(
                "The recipe's member \(odd) is not known.", "Members are: \(known.joined(separator: ", ")).")
        }
        guard let name = members["name"]?.stringValue, LibraryReference.isName(name) else {
            throw Self.wrong("The recipe's name is missing or not a name.", LibraryReference.nameRule)
        }
        guard let workflow = members["workflow"]?.stringValue else { throw Self.wrong("The recipe names no workflow.") }
        let version = members["version"].flatMap { $0 == .null ? nil : $0 }
        guard version == nil || version?.intValue.map({ $0 > 0 }) == true else {
            throw Self.wrong("The recipe's version must be a whole number from 1.")
        }
        let abstract = members["abstract"] ?? ""
        guard let text = abstract.stringValue, text.count <= 200 else {
            throw Self.wrong("The recipe's abstract must be a text of at most 200 characters.")
        }
        self.init(
            name: name, version: version?.intValue, workflow: workflow, options: members["options"] ?? [:],
            abstract: text)
    }

    /// As the given version; options that are null are left out, since they mean the default.
    public func recipe(version: Int) -> Recipe {
        let said = (options.objectValue ?? [:]).filter { $0.value != .null }
        return Recipe(name: name, version: version, workflow: workflow, options: .object(said), abstract: abstract)
    }

    private static func wrong(_ summary: String, _ hint: String? = nil) -> Failure {
        Failure(.invalidRequest, summary, hint: hint)
    }
}

/// Which recipe a workflow was made by, as its status and `result.json` say it.
public struct RecipeStamp: Sendable, Equatable, Codable {
    public let name: String
    public let version: Int
    /// Of the recipe's canonical JSON, in lower-case hexadecimal digits.
    public let sha256: String

    public init(name: String, version: Int, sha256: String) {
        (self.name, self.version, self.sha256) = (name, version, sha256)
    }
}
