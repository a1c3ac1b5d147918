internal import Foundation

/// All that speaks for and against a plate at one place, and what follows from it.
package struct PlateEvidence {
    /// How surely the network of plates sees a surface there, and its middle, 0...1; 0 where it sees none.
    package var surface = 0.0, middle = 0.0
    package var text = PlateText([])
    /// How much the surroundings look like a vehicle, 0...1.
    package var likeness = 0.0
    /// In pixels of the picture.
    package var height = 0.0, aspect = 0.0
    /// The picture's border cuts it.
    package var isCut = false
}

enum PlateJudgement: Equatable {
    case plate(Double)
    case suspect(SuspectRegion.Reason, Double)
    case none

    /// Log-odds that each evidence adds, fitted to half of the pictures that Evaluation/plates has and measured on the
    /// other half (fit.py there): to begin with; for the network's odds of a surface and of its middle; for what is read,
    /// of a mean sureness of 1; for the place; and for each factor e that the plate is lower than 20 pixels.
    private static let move = -2.08, surface = 0.39, middle = 1.06
    private static let strong = 5.12, weak = 1.55, letters = 3.66, against = -1.54, blank = -1.68
    private static let vehicle = 0.31, elsewhere = -2.97, small = -0.17
    /// The network is believed between these.
    private static let believed = 0.02...0.985
    private static let low = 20.0
    /// A vehicle is near from here on, none is below.
    private static let near = 0.45, far = 0.2
    /// Letters alone are a plate's only on a vehicle, where the network is so sure of a middle; else they are a word.
    private static let named = 0.5
    /// Log-odds from which it is a plate; from which it is suspected; and where it is cut.
    private static let sure = 0.6, doubt = -2.0, doubtOfCut = -2.2
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

    /// Log-odds of a plate.
    static func odds(_ evidence: PlateEvidence) -> Double {
        func odds(_ share: Double) -> Double {
            let share = min(max(share, believed.lowerBound), believed.upperBound)
            return log(share / (1 - share))
        }
        let place =
            evidence.likeness >= near ? vehicle : evidence.likeness < far ? elsewhere : 0
        return move + surface * odds(evidence.surface) + middle * odds(evidence.middle) + said(evidence) + place
            + small * max(0, log(low / max(evidence.height, 4)))
    }

    private static func said(_ evidence: PlateEvidence) -> Double {
        switch evidence.text.strength {
        case .strong: strong * evidence.text.mean
        case .weak: weak * evidence.text.mean
        case .letters:
            evidence.middle >= named && evidence.likeness >= near ? letters * evidence.text.mean : against
        case .blank: blank
        case .against: against
        }
    }
}
