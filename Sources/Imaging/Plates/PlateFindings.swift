/// What a number plate says.
public struct PlateReading: Sendable, Equatable, Codable {
    /// Latin capitals and digits, groups apart by a space.
    public let text: String
    /// 0...1: how sure the least sure character is.
    public let confidence: Double

    public init(text: String, confidence: Double) { (self.text, self.confidence) = (text, confidence) }
}

/// A number plate that was found beyond doubt.
public struct FoundPlate: Sendable, Equatable {
    /// Its outer border, in pixels of the upright photo.
    public let quad: PlateQuad
    /// 0...1.
    public let confidence: Double
    /// ISO 3166-1 alpha-2, guessed from shape, colours and reading; nil where nothing tells.
    public let country: String?
    /// Only where it was asked for, and can be read.
    public let reading: PlateReading?

    public init(quad: PlateQuad, confidence: Double, country: String? = nil, reading: PlateReading? = nil) {
        (self.quad, self.confidence, self.country, self.reading) = (quad, confidence, country, reading)
    }
}

/// A place where a number plate may be, for a person to look at.
public struct SuspectRegion: Sendable, Equatable {
    /// Why it is neither covered nor passed.
    public enum Reason: String, Sendable, Equatable, Codable, CaseIterable {
        /// It looks like a plate, but not enough.
        case uncertain
        /// The photo's border cuts it.
        case cutAtBorder
        /// It has a plate's shape and place, and nothing on it can be read.
        case unreadable
        /// A vehicle's front or rear in plain sight, without a plate.
        case vehicleWithoutPlate
    }

    /// In pixels of the upright photo.
    public let quad: PlateQuad
    public let reason: Reason
    /// 0...1: how likely a plate is there.
    public let confidence: Double

    public init(quad: PlateQuad, reason: Reason, confidence: Double) {
        (self.quad, self.reason, self.confidence) = (quad, reason, confidence)
    }
}

/// What number plates a photo shows.
public struct PlateFindings: Sendable, Equatable {
    /// To be covered; the surest first.
    public let plates: [FoundPlate]
    /// To be looked at by a person before the photo is published; empty when all is decided.
    public let suspects: [SuspectRegion]

    public init(plates: [FoundPlate], suspects: [SuspectRegion] = []) {
        (self.plates, self.suspects) = (plates, suspects)
    }
}
