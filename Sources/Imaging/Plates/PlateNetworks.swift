public import Pipeline

/// The networks that plates are found by.
public struct PlateNetworks: Sendable {
    /// Their names in the list of models.
    public static let names = ["plates", "plate-text", "plate-reading", "vehicles"]

    /// Finds plates by their looks; finds lines of text; reads one; knows vehicles.
    let plates, text, reading, vehicles: NeuralSession

    /// - Parameter open: gives the session of a model's name.
    public init(open: (String) throws(Failure) -> NeuralSession) throws(Failure) {
        plates = try open("plates")
        text = try open("plate-text")
        reading = try open("plate-reading")
        vehicles = try open("vehicles")
    }
}
