internal import Foundation

/// All that speaks for and against a plate at one place, and what follows from it.
struct PlateEvidence {
    /// How surely the network of plates sees a surface there, 0...1; 0 where it sees none.
    var surface = 0.0
    var text = PlateText([])
    /// How much the surroundings look like a vehicle, 0...1.
    var likeness = 0.0
    /// In pixels of the picture.
    var height = 0.0, aspect = 0.0
    /// The picture's border cuts it.
    var isCut = false
}

enum PlateJudgement: Equatable {
    case plate(Double)
    case suspect(SuspectRegion.Reason, Double)
    case none

    /// The network's surfaces are read between these, stretched and moved to odds; text can outweigh what it misses.
    private static let believed = 0.02...0.985, stretch = 1.2, move = -2.0
    /// Log-odds added for what is read, of a mean sureness of 1; where nothing can be read; and for the place.
    private static let strong = 5.5, weak = 1.5, against = -3.6, blank = -3.2, vehicle = 0.6, elsewhere = -2.4
    /// A vehicle is near from here on, none is below.
    private static let near = 0.45, far = 0.2
    /// Log-odds from which it is a plate; from which it is suspected; and where it is cut.
    private static let sure = 1.0, doubt = -1.7, doubtOfCut = -2.2
    /// Plates so high in pixels can be read.
    private static let readable = 22.0
    private static let shapes = 0.6...9.5

    init(_ evidence: PlateEvidence) {
        guard Self.shapes.contains(evidence.aspect) else {
            self = .none
            return
        }
        let odds = Self.odds(evidence)
        let chance = 1 / (1 + exp(-odds))
        if odds >= Self.sure {
            self = .plate(chance)
        } else if evidence.isCut, odds >= Self.doubtOfCut {
            self = .suspect(.cutAtBorder, chance)
        } else if odds >= Self.doubt {
            let isUnreadable = evidence.text.strength == .blank && evidence.height >= Self.readable
            self = .suspect(isUnreadable ? .unreadable : .uncertain, chance)
        } else {
            self = .none
        }
    }

    private static func odds(_ evidence: PlateEvidence) -> Double {
        let surface = min(max(evidence.surface, believed.lowerBound), believed.upperBound)
        let place =
            evidence.likeness >= near ? vehicle : evidence.likeness < far ? elsewhere : 0
        return stretch * log(surface / (1 - surface)) + move + said(evidence) + place
    }

    private static func said(_ evidence: PlateEvidence) -> Double {
        switch evidence.text.strength {
        case .strong: strong * evidence.text.mean
        case .weak: weak * evidence.text.mean
        case .blank: blank
        case .against: against
        }
    }
}
