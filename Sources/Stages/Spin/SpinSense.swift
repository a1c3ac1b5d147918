internal import Foundation
internal import Imaging

/// What the silhouettes themselves say about the walk: which way it went, and whether it began at an end of the car.
///
/// A car is widest from the side, so width over height follows the azimuth twice a turn. Past a side view the end that
/// comes nearer stands lower in the picture, which tilts the line through the wheels one way or the other.
struct SpinSense: Sendable, Equatable {
    /// The way round, or nil when the pictures don't tell.
    let direction: SpinOptions.Direction?
    /// The first photo shows the front or the rear, as far as widths tell; true when there are too few to say.
    let beginsAtAnEnd: Bool

    /// - Parameter azimuths: degrees, one for each geometry.
    init(_ geometries: [ObjectGeometry], azimuths: [Double]) {
        let angles = azimuths.map { $0 * .pi / 90 }
        let widths = geometries.map { Double($0.box.width) / $0.bodyHeight }
        let mean = widths.reduce(0, +) / Double(max(widths.count, 1))
        let across = zip(widths, angles).reduce(0) { $0 + ($1.0 - mean) * cos($1.1) }
        let along = zip(widths, angles).reduce(0) { $0 + ($1.0 - mean) * sin($1.1) }
        let strength = 2 * hypot(across, along) / (Double(max(widths.count, 1)) * max(mean, 0.1))
        guard geometries.count >= 6, strength > 0.1 else {
            (direction, beginsAtAnEnd) = (nil, true)
            return
        }
        let side = atan2(along, across)
        // Doubled angles: a side at 90 degrees is half a turn here, and 25 degrees of slack are 50.
        beginsAtAnEnd = cos(side) < -cos(50 * Double.pi / 180)
        var (sum, size, count) = (0.0, 0.0, 0)
        for (geometry, angle) in zip(geometries, angles) {
            let past = sin(angle - side)
            let span = geometry.rightContact.x - geometry.leftContact.x
            guard abs(past) > 0.4, geometry.cropped.isEmpty, span > 0.3 * Double(geometry.box.width) else { continue }
            let tilt = (geometry.rightContact.y - geometry.leftContact.y) / span * past
            (sum, size, count) = (sum + tilt, size + abs(tilt), count + 1)
        }
        direction = count >= 2 && abs(sum) > 0.5 * size && size > 0.05 ? (sum > 0 ? .left : .right) : nil
    }
}
