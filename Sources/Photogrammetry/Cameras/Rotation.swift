/// A rotation of space, as the rows of its 3 x 3 matrix.
public struct Rotation: Sendable, Equatable {
    /// Unit vectors at right angles, right-handed: in a camera's rotation the world directions of its x, y and z axes.
    public let rows: [SIMD3<Double>]

    /// The turn that changes nothing.
    public static let identity = Rotation(rows: [[1, 0, 0], [0, 1, 0], [0, 0, 1]])

    /// Takes rows that are a rotation to within 1e-6; nil for anything else, a mirror image included.
    public init?(checking rows: [SIMD3<Double>]) {
        guard rows.count == 3 else { return nil }
        let bound = 1e-6
        for (first, row) in rows.enumerated() {
            for (second, other) in rows.enumerated() {
                guard abs(row.dot(other) - (first == second ? 1 : 0)) <= bound else { return nil }
            }
        }
        guard rows[0].cross(rows[1]).dot(rows[2]) > 0 else { return nil }
        self.init(rows: rows)
    }

    /// The turn about `axis` (any length but 0) by `angle` radians, counter-clockwise seen against the axis
    /// (Rodrigues 1840).
    public init(about axis: SIMD3<Double>, by angle: Double) {
        let unit = axis / axis.norm
        let (cosine, sine) = (Double.cos(angle), Double.sin(angle))
        let turned = [SIMD3<Double>(1, 0, 0), [0, 1, 0], [0, 0, 1]].map { column in
            column * cosine + unit.cross(column) * sine + unit * (unit.dot(column) * (1 - cosine))
        }
        self.init(rows: (0..<3).map { SIMD3(turned[0][$0], turned[1][$0], turned[2][$0]) })
    }

    init(rows: [SIMD3<Double>]) { self.rows = rows }

    /// The turn back.
    public var inverse: Rotation {
        Rotation(rows: (0..<3).map { SIMD3(rows[0][$0], rows[1][$0], rows[2][$0]) })
    }

    /// The turn as a unit quaternion with w at least 0; x, y and z point along its axis (Shepperd 1978).
    public var quaternion: SIMD4<Double> {
        let (a, b, c) = (rows[0].x, rows[1].y, rows[2].z)
        // Four times the square of x, y, z and w; the largest is safe to divide by.
        let squares = [1 + a - b - c, 1 - a + b - c, 1 - a - b + c, 1 + a + b + c]
        let sums = [
            [squares[0], rows[0].y + rows[1].x, rows[0].z + rows[2].x, rows[2].y - rows[1].z],
            [rows[0].y + rows[1].x, squares[1], rows[1].z + rows[2].y, rows[0].z - rows[2].x],
            [rows[0].z + rows[2].x, rows[1].z + rows[2].y, squares[2], rows[1].x - rows[0].y],
            [rows[2].y - rows[1].z, rows[0].z - rows[2].x, rows[1].x - rows[0].y, squares[3]],
        ]
        let largest = squares.indices.max { squares[$0] < squares[$1] } ?? 3
        let found = SIMD4(sums[largest]) / (2 * squares[largest].squareRoot())
        return found.w < 0 ? -found : found
    }

    /// The smallest angle, in radians 0...pi, that the turn can be made with.
    public var angle: Double {
        let cosine = (rows[0].x + rows[1].y + rows[2].z - 1) / 2
        let axis = SIMD3(rows[2].y - rows[1].z, rows[0].z - rows[2].x, rows[1].x - rows[0].y)
        return Double.atan2(axis.norm / 2, cosine)
    }

    public static func * (rotation: Rotation, vector: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3(rotation.rows[0].dot(vector), rotation.rows[1].dot(vector), rotation.rows[2].dot(vector))
    }

    /// `first * second` turns as `second` does, then as `first`.
    public static func * (first: Rotation, second: Rotation) -> Rotation {
        let columns = second.inverse.rows
        return Rotation(
            rows: first.rows.map { row in SIMD3(row.dot(columns[0]), row.dot(columns[1]), row.dot(columns[2])) })
    }
}
