import Foundation
import Photogrammetry
import Pipeline

/// What the command line asks for.
struct Wish {
    var photos: [URL] = []
    var out = URL(filePath: "cameras.json")
    var camera: [Double]?
    var masks: URL?
    var points: URL?
    var matcher = SiftMatcher()
    var isLearned = false
    var options = SceneOptions()

    init(_ arguments: [String]) throws(Failure) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else {
                photos.append(URL(filePath: word))
                continue
            }
            guard let value = rest.popFirst() else { throw Self.wrong("\(word) needs a value.") }
            switch word {
            case "--out": out = URL(filePath: value)
            case "--masks": masks = URL(filePath: value)
            case "--points": points = URL(filePath: value)
            case "--camera":
                camera = value.split(separator: ",").compactMap { Double($0) }
                guard camera?.count == 4 else { throw Self.wrong("--camera takes FX,FY,CX,CY.") }
            case "--features":
                guard ["sift", "xfeat"].contains(value) else { throw Self.wrong("--features takes sift or xfeat.") }
                isLearned = value == "xfeat"
            case "--set": try set(value)
            default: throw Self.wrong("\(word) is not known.")
            }
        }
        if photos.isEmpty { throw Self.wrong("No photo was given.") }
    }

    private mutating func set(_ text: String) throws(Failure) {
        let parts = text.split(separator: "=")
        guard parts.count == 2, let value = Double(parts[1]) else { throw Self.wrong("--set takes NAME=NUMBER.") }
        switch parts[0] {
        case "most": matcher.most = Int(value)
        case "contrast": matcher.contrast = value
        case "pixels": matcher.pixels = Int(value)
        case "enough": matcher.enough = Int(value)
        case "limit": matcher.limit = Int(value)
        case "ratio": matcher.ratio = value
        case "guidedRatio": matcher.guidedRatio = value
        case "reach": options.reach = value
        case "finalReach": options.finalReach = value
        case "leastAngle": options.leastAngle = value
        case "leastMatches": options.leastMatches = Int(value)
        case "leastPoints": options.leastPoints = Int(value)
        case "draft": options.draftSightings = Int(value)
        case "final": options.finalSightings = Int(value)
        case "distortion": options.findsDistortion = value != 0
        case "again": options.matchesAgain = value != 0
        default: throw Self.wrong("\(parts[0]) can't be set.")
        }
    }

    private static func wrong(_ what: String) -> Failure {
        Failure(.invalidOptions, what, detail: SceneBench.usage)
    }
}
