internal import Pipeline

extension SceneModel {
    /// Places view after view, the one that sees most first, until none can be placed any more.
    mutating func grow(
        _ pairs: [ViewPair], expectations: [PoseExpectation?], cancel: CancelFlag?, progress: (Int) -> Void
    ) throws(Failure) {
        var grew = true
        while grew {
            grew = false
            let seen = seen()
            let waiting = cameras.indices.filter { !placed[$0] }
                .map { (view: $0, worth: spread(seen[$0])) }
                .sorted { ($1.worth, $0.view) < ($0.worth, $1.view) }
            for (view, _) in waiting {
                if let found = try resected(view, seen: seen[view], reach: 2 * options.reach, cancel: cancel) {
                    cameras[view].pose = found.pose
                    placed[view] = true
                    grew = true
                    break
                }
            }
            if !grew, let entry = entry(pairs, expectations) {
                cameras[entry.view].pose = entry.expected.pose
                expected[entry.view] = entry.expected
                placed[entry.view] = true
                grew = true
            }
            if grew {
                try settle(cancel)
                progress(placedCount)
            }
        }
    }

    /// Points anew, cameras moved, points checked.
    private mutating func settle(_ cancel: CancelFlag?) throws(Failure) {
        let free: FreeOptics = placedCount > 2 ? .focal : .none
        try triangulate(reach: 2 * options.reach, cancel: cancel)
        try adjust(free, most: options.draftSightings, iterations: 15, tolerance: 1e-4, cancel: cancel)
        try triangulate(reach: options.reach, cancel: cancel)
    }

    /// In how many of 16 x 16 cells of its picture a view sees points.
    private func spread(_ seen: [(track: Int, sighting: Int)]) -> Int {
        var cells = Set<Int>()
        for entry in seen {
            let at = place(of: entry.sighting)
            let optics = cameras[tracks.views[entry.sighting]].intrinsics
            let (x, y) = (Int(16 * at.x / Double(optics.width)), Int(16 * at.y / Double(optics.height)))
            cells.insert(min(max(y, 0), 15) * 16 + min(max(x, 0), 15))
        }
        return cells.count
    }
}
