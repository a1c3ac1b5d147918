internal import Foundation

/// Which keypoints of several views are one point of the world.
struct Tracks: Sendable {
    /// The most views that tracks can span.
    static let mostViews = 64

    /// The sightings of track i are those of `starts[i]..<starts[i + 1]`, in the order of views.
    private(set) var starts: [Int] = [0]
    private(set) var views: [Int] = []
    private(set) var keypoints: [Int] = []

    var count: Int { starts.count - 1 }

    func sightings(of track: Int) -> Range<Int> { starts[track]..<starts[track + 1] }

    /// Chains matches to tracks (union-find: Tarjan 1975).
    ///
    /// The likest matches come first; one that would bring two keypoints of a view together is left out, so that a wrong
    /// match splits a track instead of spoiling it.
    ///
    /// - Parameter counts: keypoints of each view.
    init(_ pairs: [MatchedPair], counts: [Int]) {
        var offsets = [0]
        for count in counts { offsets.append(offsets[offsets.count - 1] + count) }
        var forest = Forest(nodes: offsets[counts.count])
        for view in counts.indices {
            for node in offsets[view]..<offsets[view + 1] { forest.views[node] = 1 << UInt64(view) }
        }
        for edge in Self.edges(pairs, offsets) { forest.join(edge.first, edge.second) }
        collect(&forest, offsets)
    }

    private struct Edge {
        let first: Int
        let second: Int
        let distance: Float
    }

    private static func edges(_ pairs: [MatchedPair], _ offsets: [Int]) -> [Edge] {
        var edges: [Edge] = []
        edges.reserveCapacity(pairs.reduce(0) { $0 + $1.matches.count })
        for pair in pairs {
            for match in pair.matches {
                edges.append(
                    Edge(
                        first: offsets[pair.first] + Int(match.first), second: offsets[pair.second] + Int(match.second),
                        distance: match.distance))
            }
        }
        return edges.sorted { ($0.distance, $0.first, $0.second) < ($1.distance, $1.first, $1.second) }
    }

    private mutating func collect(_ forest: inout Forest, _ offsets: [Int]) {
        // Tracks in the order of their first keypoint, so that equal matches give equal tracks.
        var number = [Int32](repeating: -1, count: forest.parents.count)
        var sizes: [Int] = []
        var of = [Int32](repeating: -1, count: forest.parents.count)
        for node in forest.parents.indices {
            let root = forest.root(node)
            guard forest.views[root].nonzeroBitCount > 1 else { continue }
            if number[root] < 0 {
                number[root] = Int32(sizes.count)
                sizes.append(0)
            }
            of[node] = number[root]
            sizes[Int(number[root])] += 1
        }
        for size in sizes { starts.append(starts[starts.count - 1] + size) }
        var next = starts
        views = [Int](repeating: 0, count: starts[sizes.count])
        keypoints = views
        for view in 0..<(offsets.count - 1) {
            for node in offsets[view]..<offsets[view + 1] where of[node] >= 0 {
                let place = next[Int(of[node])]
                next[Int(of[node])] += 1
                (views[place], keypoints[place]) = (view, node - offsets[view])
            }
        }
    }
}

/// Matches of two views that are believed.
struct MatchedPair: Sendable {
    let first: Int
    let second: Int
    var matches: [FeatureMatch]
}

/// Disjoint sets of keypoints, no two of a set in the same view.
private struct Forest {
    var parents: [Int32]
    var views: [UInt64]

    init(nodes: Int) {
        parents = (0..<Int32(nodes)).map { $0 }
        views = [UInt64](repeating: 0, count: nodes)
    }

    mutating func root(_ node: Int) -> Int {
        var at = node
        while Int(parents[at]) != at {
            parents[at] = parents[Int(parents[at])]
            at = Int(parents[at])
        }
        return at
    }

    mutating func join(_ first: Int, _ second: Int) {
        let (one, two) = (root(first), root(second))
        guard one != two, views[one] & views[two] == 0 else { return }
        let (low, high) = (min(one, two), max(one, two))
        parents[high] = Int32(low)
        views[low] |= views[high]
    }
}
