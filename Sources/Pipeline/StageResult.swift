/// What a job left: the content of `result.json`, of the `result` of a row, and of an entry of the result cache.
public struct StageResult: Sendable, Equatable, Codable {
    public var kind: Kind
    public var version: Int
    public var ok: Bool
    public var outputs: [String: OutputFile]
    /// The kind's own facts, see DESIGN's table of kinds.
    public var data: JSONValue
    public var review: [ReviewFlag]
    /// Why there are no outputs; only where `ok` is false.
    public var failure: Failure?
    /// What decided the output besides the options: stage version, model hashes, the precision that ran.
    public var identity: [String]
    public var seconds: Double
    public var peakBytes: Int

    public init(
        kind: Kind, version: Int, ok: Bool = true, outputs: [String: OutputFile] = [:], data: JSONValue = [:],
        review: [ReviewFlag] = [], failure: Failure? = nil, identity: [String] = [], seconds: Double = 0,
        peakBytes: Int = 0
    ) {
        (self.kind, self.version, self.ok, self.outputs, self.data) = (kind, version, ok, outputs, data)
        (self.review, self.failure) = (review, failure)
        (self.identity, self.seconds, self.peakBytes) = (identity, seconds, peakBytes)
    }
}

/// One output: a blob, and the relative path that it gets in a result folder.
public struct OutputFile: Sendable, Equatable, Codable {
    public var file: String
    public var sha256: String
    public var bytes: Int
    public var mediaType: String
    public var width: Int?
    public var height: Int?

    public init(file: String, sha256: String, bytes: Int, mediaType: String, width: Int? = nil, height: Int? = nil) {
        (self.file, self.sha256, self.bytes) = (file, sha256, bytes)
        (self.mediaType, self.width, self.height) = (mediaType, width, height)
    }
}
