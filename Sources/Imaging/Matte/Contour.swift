internal import CVShim
public import Pipeline

/// The border of an object as closed lines between pixels.
public struct Contour: Sendable, Equatable, Codable {
    /// One closed line; the object lies to its left, as seen with y downwards.
    public struct Line: Sendable, Equatable, Codable {
        /// x and y in turn, in pixels, pixel centres at whole numbers.
        public let points: [Float]
        /// Ranges of points, first and last, where the line is the picture's border and the object goes on beyond it.
        public let cut: [[Int]]
        /// Square pixels, negative round a hole.
        public let area: Double
    }

    /// Longest first.
    public let lines: [Line]

    /// Traces where an alpha (1 channel) crosses one half.
    ///
    /// - Parameter leastArea: lines round fewer square pixels are left out.
    public init(of alpha: Bitmap, leastArea: Double = 16, cancel: CancelFlag? = nil) throws(Failure) {
        let handle = try withCancelAddress(cancel) { flag throws(Failure) in
            try callShim { out, error in cvs_contours_trace(alpha.handle, leastArea, flag, out, error) }
        }
        defer { cvs_contours_destroy(handle) }
        lines = (0..<cvs_contours_count(handle)).map { index in
            var (count, area) = (Int32(0), 0.0)
            let points = UnsafeBufferPointer(
                start: cvs_contours_line(handle, index, &count, &area), count: Int(count))
            return Line(points: points.flatMap { [$0.x, $0.y] }, cut: Self.cut(points), area: area)
        }
    }

    private static func cut(_ points: UnsafeBufferPointer<CVSContourPoint>) -> [[Int]] {
        var ranges: [[Int]] = []
        for (index, point) in points.enumerated() where point.cut {
            if let last = ranges.last, last[1] == index - 1 {
                ranges[ranges.count - 1][1] = index
            } else {
                ranges.append([index, index])
            }
        }
        return ranges
    }
}
