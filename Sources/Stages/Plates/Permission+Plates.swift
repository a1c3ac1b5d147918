public import Pipeline

extension Permission {
    /// To be told what number plates say.
    public static let platesText = Permission(rawValue: "plates:text")
}
