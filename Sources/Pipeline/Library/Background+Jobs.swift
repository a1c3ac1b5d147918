/// Stages that set something on a background agree on this: a slot `background` for a picture, and the options
/// `background` (a studio's name, empty with a picture), `floorLine` and `lightX`.
extension JobRequest {
    /// The tenant's own background that the options name; nil when they name none.
    ///
    /// - Throws: `invalidOptions` for what begins like a reference and is none.
    public func ownBackground() throws(Failure) -> LibraryReference? {
        try Background.reference(in: options["background"])
    }

    /// The request with a picture as its background; places that the options state go before the picture's own.
    public func set(on background: Background) -> JobRequest {
        var request = self
        request.inputs.append(background.input)
        request.options = background.options(under: options)
        return request
    }
}

extension Background {
    /// Options of a stage, with this picture for the studio that they name.
    public func options(under given: JSONValue) -> JSONValue {
        var members = given.objectValue ?? [:]
        members["background"] = nil
        if members["floorLine"] ?? .null == .null { members["floorLine"] = .number(floor) }
        if let lightX, members["lightX"] ?? .null == .null { members["lightX"] = .number(lightX) }
        return .object(members)
    }

    /// The one own background that any option of a workflow names; nil when there is none.
    ///
    /// - Throws: `invalidOptions` for a malformed one, or two.
    public static func reference(among options: JSONValue) throws(Failure) -> (key: String, LibraryReference)? {
        var found: (key: String, LibraryReference)?
        for (key, value) in (options.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let reference = try reference(in: value) else { continue }
            guard found == nil else { throw Failure(.invalidOptions, "Two options name a background of your own.") }
            found = (key, reference)
        }
        return found
    }
}
