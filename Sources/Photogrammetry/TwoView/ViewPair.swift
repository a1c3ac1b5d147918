/// Two views, what was matched between them and what follows from it.
struct ViewPair: Sendable {
    let first: Int
    let second: Int
    let matches: [FeatureMatch]
    let geometry: TwoViewGeometry

    /// The matches that agree with the geometry.
    var agreeing: MatchedPair {
        MatchedPair(first: first, second: second, matches: geometry.agreeing.map { matches[$0] })
    }

    var views: [Int] { [first, second] }

    func other(than view: Int) -> Int { view == first ? second : first }
}
