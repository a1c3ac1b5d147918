internal import Imaging
internal import Photogrammetry
internal import Pipeline

/// All photos of a reconstruction on one sheet, with the object's outline and the model's drawn on each.
struct OutlineSheet {
    private static let cellSide = 640
    /// What was seen, and what the model would show.
    private static let seen: [UInt8] = [255, 176, 0], shown: [UInt8] = [0, 212, 212]

    private(set) var picture: Bitmap
    private let cell: (width: Int, height: Int)
    private let columns: Int

    /// Cells of the first photo's shape, 4 or fewer in a row.
    init(count: Int, like photo: Bitmap) throws(Failure) {
        columns = min(4, max(1, count))
        let width = Self.cellSide
        cell = (width, max(1, width * photo.height / max(1, photo.width)))
        let rows = (count + columns - 1) / columns
        let size = (width: columns * cell.width, height: max(1, rows) * cell.height)
        picture = try Bitmap(
            pixels: [UInt8](repeating: 24, count: 3 * size.width * size.height), width: size.width,
            height: size.height, channels: 3)
    }

    /// - Parameters:
    ///   - alpha: what was seen of the object.
    ///   - camera: of the photo.
    mutating func add(
        _ photo: Bitmap, alpha: Bitmap, camera: Camera, mesh: Mesh, at index: Int, cancel: CancelFlag
    ) throws(Failure) {
        let scale = min(
            Double(cell.width) / Double(photo.width), Double(cell.height) / Double(photo.height))
        let width = max(1, Int(Double(photo.width) * scale))
        let height = max(1, Int(Double(photo.height) * scale))
        let small = try photo.resized(width: width, height: height, filter: .area, cancel: cancel)
        let truth = try alpha.resized(width: width, height: height, filter: .area, cancel: cancel)
        let optics = camera.intrinsics.scaled(toWidth: width, height: height)
        let drawn = try mesh.mask(in: Camera(intrinsics: optics, pose: camera.pose), cancel: cancel)
        var pixels = small.withPixels { $0.map { $0 / 2 + 32 } }
        for (mask, colour) in [(truth, Self.seen), (drawn, Self.shown)] {
            for line in try Contour(of: mask, cancel: cancel).lines {
                for at in stride(from: 0, to: line.points.count, by: 2) {
                    let x = min(width - 1, max(0, Int(line.points[at].rounded())))
                    let y = min(height - 1, max(0, Int(line.points[at + 1].rounded())))
                    for channel in 0..<3 { pixels[3 * (y * width + x) + channel] = colour[channel] }
                }
            }
        }
        let outlined = try Bitmap(pixels: pixels, width: width, height: height, channels: 3)
        picture = try picture.pasting(
            outlined, x: index % columns * cell.width, y: index / columns * cell.height)
    }
}
