import Testing

@testable import Photogrammetry

@Suite("Tracks")
struct TracksTests {
    private func pair(_ first: Int, _ second: Int, _ matches: [(Int32, Int32, Float)]) -> MatchedPair {
        MatchedPair(
            first: first, second: second,
            matches: matches.map { FeatureMatch(first: $0.0, second: $0.1, distance: $0.2) })
    }

    private func list(_ tracks: Tracks) -> [[[Int]]] {
        (0..<tracks.count).map { tracks.sightings(of: $0).map { [tracks.views[$0], tracks.keypoints[$0]] } }
    }

    @Test func `matches are chained over views`() {
        let tracks = Tracks(
            [pair(0, 1, [(2, 3, 0.1)]), pair(1, 2, [(3, 0, 0.2), (1, 1, 0.2)])], counts: [4, 4, 4])
        #expect(list(tracks) == [[[0, 2], [1, 3], [2, 0]], [[1, 1], [2, 1]]])
    }

    @Test func `a match that would bring two keypoints of a view together splits the track`() {
        let tracks = Tracks(
            [pair(0, 1, [(0, 0, 0.1)]), pair(1, 2, [(0, 0, 0.2)]), pair(0, 2, [(1, 0, 0.3)])], counts: [2, 2, 2])
        #expect(list(tracks) == [[[0, 0], [1, 0], [2, 0]]])
    }

    @Test func `the likest matches come first`() {
        let tracks = Tracks(
            [pair(0, 1, [(0, 0, 0.9)]), pair(1, 2, [(0, 0, 0.2)]), pair(0, 2, [(1, 0, 0.1)])], counts: [2, 2, 2])
        #expect(list(tracks) == [[[0, 1], [1, 0], [2, 0]]])
    }

    @Test func `nothing comes of nothing`() {
        #expect(Tracks([], counts: [5, 0]).count == 0)
    }
}
