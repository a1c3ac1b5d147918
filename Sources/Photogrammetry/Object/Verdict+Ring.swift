internal import Pipeline

extension Verdict {
    /// What an answer must reach for a grade; one that does not reach the last is refused.
    private struct Bar {
        let grade: Grade
        /// Of agreement with the hull of all other views: the mean's and the worst view's.
        let mean, least: Double
        /// Of the answer at most, see `Ring.cost`.
        let cost: Double
        /// Of the best rival's cost over this answer's, see `Ring.distinctness`.
        let distinctness: Double
        /// Of the view that fits worst at most, see `Ring.oddness`.
        let oddness: Double
        /// Photos at the least: few outlines agree on much.
        let photos: Int
    }

    private static let bars = [
        Bar(
            grade: .a, mean: 0.95, least: 0.85, cost: 0.6, distinctness: 1.3, oddness: 2,
            photos: 6),
        Bar(
            grade: .b, mean: 0.92, least: 0.78, cost: 0.8, distinctness: 1.15, oddness: 2.5,
            photos: 6),
        Bar(
            grade: .c, mean: 0.88, least: 0.65, cost: 1.0, distinctness: 1.05, oddness: 4,
            photos: 4),
        Bar(grade: .d, mean: 0.86, least: 0, cost: 1.2, distinctness: 1, oddness: 4, photos: 4),
    ]
    /// The hull of three or four other photos foretells little, even where the cameras are right.
    private static let barOfFew = Bar(
        grade: .d, mean: 0.80, least: 0, cost: 0.6, distinctness: 1, oddness: 4, photos: 4)

    /// By how well each view is foretold by all others, and by how far the next best answer is away.
    ///
    /// - Throws: `views_contradict` where the views do not agree on one object.
    init(_ ring: Ring, _ agreement: Agreement, names: [String]) throws(Failure) {
        let worst =
            ring.oddness > Self.bars[1].oddness
            ? ring.oddest : agreement.views.indices.min { agreement.views[$0] < agreement.views[$1] } ?? 0
        let (mean, least) = (Self.percent(agreement.mean), Self.percent(agreement.least))
        guard
            let bar = (Self.bars + (names.count < 6 ? [Self.barOfFew] : [])).first(where: {
                agreement.mean >= $0.mean && agreement.least >= $0.least && ring.cost <= $0.cost
                    && ring.distinctness >= $0.distinctness && ring.oddness <= $0.oddness && names.count >= $0.photos
            })
        else {
            throw Failure(
                .viewsContradict,
                ring.oddness > (Self.bars.last?.oddness ?? 0)
                    ? "\(names[worst]) does not fit the car on the other photos: it may be open, cut off or moved there, or another one."
                    : "The photos do not agree on one car: each is foretold by the others to \(mean) only, \(names[worst]) to \(least).",
                hint: "Check that all photos show the same car, whole and standing still; leave out \(names[worst]).",
                detail: "cost \(ring.cost), distinctness \(ring.distinctness)")
        }
        var sentences = ["Each of \(names.count) photos is foretold by the others to \(mean)."]
        if agreement.least < Self.bars[0].least || ring.oddness > Self.bars[0].oddness {
            sentences.append("\(names[worst]) fits worst: the car may be cut off, open or moved there, or another one.")
        }
        if names.count < Self.bars[0].photos { sentences.append("Six photos or more would say it more surely.") }
        if !ring.isSymmetric {
            sentences.append("The car is not its own mirror image: a door may be open, or something stands beside it.")
        }
        if ring.distinctness < Self.bars[0].distinctness {
            sentences.append("Another way to set the photos round the car fits nearly as well.")
        }
        if ring.facing < 0.05 { sentences.append("Which end is the front is a guess.") }
        self.init(grade: bar.grade, reason: sentences.joined(separator: " "))
    }

    private static func percent(_ share: Double) -> String { "\((share * 1_000).rounded() / 10) %" }
}
