/// Where a picture's content comes from, in the words of IPTC's Digital Source Type NewsCodes (2024-09); raw values are
/// the last part of the term's URI.
public enum SourceType: String, Sendable, Codable, CaseIterable {
    case digitalCapture, computationalCapture, negativeFilm, positiveFilm, print
    case humanEdits, algorithmicallyEnhanced
    /// Several elements, none of which generative AI made: what a photo on a painted studio is.
    case composite
    case compositeCapture
    /// Several elements, at least one of which generative AI made.
    case compositeSynthetic
    case compositeWithTrainedAlgorithmicMedia, trainedAlgorithmicMedia, algorithmicMedia
    case digitalCreation, dataDrivenMedia, screenCapture, virtualRecording
    /// Retired terms that files still carry.
    case minorHumanEdits, digitalArt

    static let scheme = "http://cv.iptc.org/newscodes/digitalsourcetype/"

    public var uri: String { Self.scheme + rawValue }

    /// After an algorithm has altered a picture: a capture is one no longer, the rest stays what it was.
    public var altered: SourceType {
        switch self {
        case .digitalCapture, .computationalCapture, .negativeFilm, .positiveFilm, .print, .humanEdits,
            .minorHumanEdits, .screenCapture:
            .algorithmicallyEnhanced
        case .algorithmicallyEnhanced, .composite, .compositeCapture, .compositeSynthetic,
            .compositeWithTrainedAlgorithmicMedia, .trainedAlgorithmicMedia, .algorithmicMedia, .digitalCreation,
            .dataDrivenMedia, .virtualRecording, .digitalArt:
            self
        }
    }

    /// Set on a background or beside other elements.
    ///
    /// - Parameter other: the element that it is put together with; nil for one that a formula painted.
    public func composed(with other: SourceType? = nil) -> SourceType {
        isGenerative || other?.isGenerative == true ? .compositeSynthetic : .composite
    }

    private var isGenerative: Bool {
        switch self {
        case .compositeSynthetic, .compositeWithTrainedAlgorithmicMedia, .trainedAlgorithmicMedia: true
        case .digitalCapture, .computationalCapture, .negativeFilm, .positiveFilm, .print, .humanEdits,
            .minorHumanEdits, .algorithmicallyEnhanced, .composite, .compositeCapture, .algorithmicMedia,
            .digitalCreation, .dataDrivenMedia, .screenCapture, .virtualRecording, .digitalArt:
            false
        }
    }
}
