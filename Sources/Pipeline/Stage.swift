public import Foundation

/// The code that does one kind. A stage owns a folder: options, run, README; it knows no queue, HTTP or SQL.
public protocol Stage: Sendable {
    associatedtype Options: StageOptions
    associatedtype Output: Codable & Sendable

    /// Stable wire name.
    static var kind: Kind { get }
    /// Raised whenever the output for the same input changes; part of the cache key.
    static var version: Int { get }
    /// One sentence for `rundum kinds` and the API.
    static var abstract: String { get }
    static var arity: InputArity { get }
    /// Slots that may come along without counting, such as the `mask` of a picture.
    static var companions: Set<String> { get }

    /// Semantic checks which `Codable` and the schema cannot express. Runs in the API and again in the worker.
    static func validate(_ options: Options) throws(Failure)
    static func budget(for options: Options) -> Budget
    /// What a caller needs besides the right to enqueue; whoever works on files of his own needs none.
    static func permissions(for options: Options) -> Set<Permission>
    /// Members of the output, at any depth, that are shown to callers with a permission only.
    static var guarded: [Permission: Set<String>] { get }

    /// What else decides the output besides inputs, options and version: model hashes, the precision that will run.
    func identity(for options: Options) throws(Failure) -> [String]
    /// Loads models ahead of the first job; may be called at any time, also never.
    func warmUp() throws(Failure)
    func run(_ options: Options, in context: StageContext) async throws(Failure) -> Output
}

extension Stage {
    public static var companions: Set<String> { [] }
    public static func validate(_ options: Options) throws(Failure) {}
    public static func permissions(for options: Options) -> Set<Permission> { [] }
    public static var guarded: [Permission: Set<String>] { [:] }
    public func identity(for options: Options) throws(Failure) -> [String] { [] }
    public func warmUp() throws(Failure) {}
}

/// Options of a stage: a value with a default for everything, and a schema that says so to people and machines.
public protocol StageOptions: Codable, Sendable, Equatable {
    init()
    static var schema: OptionsSchema { get }
}

/// How many inputs a kind takes.
public enum InputArity: Sendable, Equatable {
    /// One picture; many files are many jobs.
    case one
    /// A set that belongs together, such as the views of one car.
    case set(ClosedRange<Int>)

    public func accepts(_ count: Int) -> Bool {
        switch self {
        case .one: count == 1
        case .set(let range): range.contains(count)
        }
    }
}

/// One named input, as a file that may be read and must not be written.
public struct StageInput: Sendable, Equatable {
    /// `front`, `photo-1`, ... For outputs of earlier jobs `photo-1/cutout`.
    public let slot: String
    /// The file name that the caller knows it by.
    public let name: String
    public let file: URL
    /// Lower-case hexadecimal SHA-256 of the bytes.
    public let sha256: String

    public init(slot: String, name: String, file: URL, sha256: String) {
        (self.slot, self.name, self.file, self.sha256) = (slot, name, file, sha256)
    }
}
