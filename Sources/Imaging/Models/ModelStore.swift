public import Foundation
public import Pipeline

/// One entry of `models/manifest.json`: a network's file, where it came from and under which licence.
public struct Model: Sendable, Equatable, Codable {
    public let name: String
    public let version: String
    /// The file's name in the models folder.
    public let file: String
    /// Lower-case hexadecimal.
    public let sha256: String
    public let bytes: Int
    public let licence: String
    /// The published package that the file comes out of, its version and hash, and the file's place in it; nil for a
    /// network of our own, whose file is in the repository.
    public let package: String?
    public let packageVersion: String?
    public let packageSha256: String?
    public let member: String?
    /// What of `scripts/convert` made the file of the member; nil where it is the member as it is.
    public let converter: String?
    /// Width and height of the only picture that it takes; nil for any.
    public let input: [Int]?
    /// Who trained it, on what.
    public let source: String
    /// Kinds of jobs that need it.
    public let usedBy: [String]
}

/// The folder of models and its manifest.
public struct ModelStore: Sendable {
    public let folder: URL
    public let models: [Model]

    /// Reads `manifest.json` of a folder.
    ///
    /// - Throws: `modelMissing` when there is none, `modelCorrupt` when it can't be read.
    public init(folder: URL) throws(Failure) {
        struct Manifest: Decodable { let models: [Model] }
        let manifest = folder.appending(path: "manifest.json")
        guard let data = try? Data(contentsOf: manifest) else { throw Self.absent(detail: "no \(manifest.path)") }
        do { models = try JSON.decode(Manifest.self, from: data).models } catch {
            throw Failure(
                .modelCorrupt, "The list of models can't be read.", hint: "Restore models/manifest.json.",
                detail: error.detail)
        }
        self.folder = folder
    }

    /// The folder named by `RUNDUM_MODELS`, else the first `models` upwards from the executable or the working folder.
    public static func found(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        executable: URL? = Bundle.main.executableURL,
        workingFolder: URL = URL(filePath: FileManager.default.currentDirectoryPath)
    ) throws(Failure) -> ModelStore {
        if let named = environment["RUNDUM_MODELS"], !named.isEmpty {
            return try ModelStore(folder: URL(filePath: named))
        }
        let starts = [executable?.resolvingSymlinksInPath().deletingLastPathComponent(), workingFolder]
        for start in starts.compactMap(\.self) {
            for folder in upwards(from: start) {
                let models = folder.appending(path: "models")
                if FileManager.default.fileExists(atPath: models.appending(path: "manifest.json").path) {
                    return try ModelStore(folder: models)
                }
            }
        }
        throw absent(detail: "no models/manifest.json above \(starts.compactMap { $0?.path })")
    }

    /// The entry of a name.
    public func model(_ name: String) throws(Failure) -> Model {
        guard let model = models.first(where: { $0.name == name }) else {
            throw Failure(
                .modelMissing, "There is no model \(name).",
                hint: "Models are: \(models.map(\.name).joined(separator: ", ")).")
        }
        return model
    }

    /// The file of a model, there and of the right size. Quick; `verify` reads it whole.
    public func file(of model: Model) throws(Failure) -> URL {
        let file = folder.appending(path: model.file)
        guard
            let values = try? file.resolvingSymlinksInPath().resourceValues(forKeys: [.fileSizeKey, .isRegularFileKey]),
            values.isRegularFile == true
        else { throw Self.absent(model.name, detail: "no \(file.path)") }
        guard values.fileSize == model.bytes else {
            throw Self.corrupt(model.name, detail: "\(values.fileSize ?? 0) bytes instead of \(model.bytes)")
        }
        return file
    }

    /// Checks a model's file against its SHA-256.
    ///
    /// - Parameter hash: gives the lower-case hexadecimal SHA-256 of a file.
    public func verify(_ model: Model, hash: (URL) throws(Failure) -> String) throws(Failure) {
        let found = try hash(try file(of: model))
        guard found == model.sha256 else { throw Self.corrupt(model.name, detail: "SHA-256 \(found)") }
    }

    private static func upwards(from start: URL) -> [URL] {
        var (folders, folder) = ([URL](), start.standardizedFileURL)
        while true {
            folders.append(folder)
            let parent = folder.deletingLastPathComponent().standardizedFileURL
            if folder.path == "/" || parent.path == folder.path { return folders }
            folder = parent
        }
    }

    private static func absent(_ name: String? = nil, detail: String) -> Failure {
        Failure(
            .modelMissing, name.map { "The model \($0) is not installed." } ?? "The models are not installed.",
            hint: "Run scripts/setup.", detail: detail)
    }

    private static func corrupt(_ name: String, detail: String) -> Failure {
        Failure(
            .modelCorrupt, "The file of the model \(name) is damaged.", hint: "Delete it and run scripts/setup.",
            detail: detail)
    }
}
