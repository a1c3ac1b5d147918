public import Pipeline

/// The networks that plates are found by.
public struct PlateNetworks: Sendable {
    /// Their names in the list of models.
    public static let names = ["plate-text", "plate-reading"]

    /// Finds lines of text; reads one.
    let text, reading: NeuralSession

    /// - Parameter open: gives the session of a model's name.
    public init(open: (String) throws(Failure) -> NeuralSession) throws(Failure) {
        text = try open("plate-text")
        reading = try open("plate-reading")
    }
}
