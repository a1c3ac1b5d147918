/// A tenant's own picture that cars are set on. A version never changes.
public struct Background: Sendable, Equatable, Codable {
    public let name: String
    /// From 1.
    public let version: Int
    /// Of the picture.
    public let sha256: String
    /// Where wheels stand, as a fraction of the picture's height from the top.
    public let floor: Double
    /// Where the light comes from, -1 left ... 1 right; nil reads it from the picture.
    public let lightX: Double?
    /// Pixels.
    public let width, height: Int

    public init(
        name: String, version: Int, sha256: String, floor: Double, lightX: Double?, width: Int, height: Int
    ) {
        (self.name, self.version, self.sha256) = (name, version, sha256)
        (self.floor, self.lightX, self.width, self.height) = (floor, lightX, width, height)
    }

    public var reference: LibraryReference { LibraryReference(name: name, version: version) }

    /// The slot that a stage takes a background picture in.
    public static let slot = "background"
    /// Begins an option that names a tenant's own background: `own:hall@2`.
    public static let mark = "own:"
    static let floors = 0.4...0.98
    static let leastSides = (width: 640, height: 480)

    static func names(reference text: String) -> Bool {
        text.hasPrefix(mark) && LibraryReference(String(text.dropFirst(mark.count))) != nil
    }

    /// What an option's value names; nil for a studio of ours and for what is no text.
    ///
    /// - Throws: `invalidOptions` for what begins like a reference and is none.
    public static func reference(in value: JSONValue?) throws(Failure) -> LibraryReference? {
        guard let text = value?.stringValue, text.hasPrefix(mark) else { return nil }
        guard let reference = LibraryReference(String(text.dropFirst(mark.count))) else {
            throw Failure(
                .invalidOptions, "\(text.debugDescription) names no background.",
                hint: "Write own:NAME or own:NAME@VERSION; a name is \(LibraryReference.nameRule)")
        }
        return reference
    }

    /// The picture as a job's input; its name says which version it is.
    public var input: JobInput { JobInput(slot: Self.slot, name: "\(reference)", source: .blob(sha256: sha256)) }
}

/// A background as somebody puts it.
public struct BackgroundDraft: Sendable, Equatable {
    public let name: String
    public let sha256: String
    public let floor: Double
    public let lightX: Double?
    public let width, height: Int

    /// - Throws: `invalidRequest` for a place out of range, `imageTooSmall`.
    public init(
        name: String, sha256: String, floor: Double, lightX: Double?, width: Int, height: Int
    ) throws(Failure) {
        guard LibraryReference.isName(name) else {
            throw Failure(.invalidRequest, "\(name.debugDescription) is no name.", hint: LibraryReference.nameRule)
        }
        guard Background.floors.contains(floor) else {
            throw Failure(
                .invalidRequest, "The floor is at \(floor).",
                hint: "It is a fraction of the height from \(Background.floors.lowerBound) to "
                    + "\(Background.floors.upperBound), from the top.")
        }
        guard lightX.map({ (-1...1).contains($0) }) ?? true else {
            throw Failure(.invalidRequest, "The light is at \(lightX ?? 0).", hint: "-1 is left, 1 is right.")
        }
        let least = Background.leastSides
        guard width >= least.width, height >= least.height else {
            throw Failure(
                .imageTooSmall, "The background has only \(width) x \(height) pixels.",
                hint: "It needs \(least.width) x \(least.height) at least; as many as the pictures made on it are best."
            )
        }
        (self.name, self.sha256, self.floor, self.lightX) = (name, sha256, floor, lightX)
        (self.width, self.height) = (width, height)
    }

    public func background(version: Int) -> Background {
        Background(
            name: name, version: version, sha256: sha256, floor: floor, lightX: lightX, width: width, height: height)
    }
}
