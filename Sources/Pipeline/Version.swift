/// The product's version; raised with each release.
public enum Version { public static let current = "0.1.0" }
