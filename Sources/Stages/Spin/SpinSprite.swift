internal import Imaging
internal import Pipeline

/// A sheet of small frames, filled as they come.
struct SpinSprite {
    let columns, rows, cell, cellHeight: Int
    private var sheet: Bitmap

    /// A nearly square sheet: cells of 480 pixels for few frames, 320 for many.
    init(count: Int, canvas: CanvasSize) throws(Failure) {
        let square = Int(Double(count).squareRoot().rounded(.up))
        columns = (square...square * 2).first { count % $0 == 0 } ?? square
        rows = (count + columns - 1) / columns
        cell = min(canvas.width, count <= 12 ? 480 : 320)
        cellHeight = max(1, (cell * canvas.height + canvas.width / 2) / canvas.width)
        let (width, height) = (columns * cell, rows * cellHeight)
        sheet = try Bitmap(
            pixels: [UInt8](repeating: 128, count: width * height * 3), width: width, height: height, channels: 3)
    }

    mutating func add(_ frame: Bitmap, at index: Int, cancel: CancelFlag) throws(Failure) {
        let small = try frame.resized(width: cell, height: cellHeight, filter: .area, cancel: cancel)
        sheet = try sheet.pasting(small, x: index % columns * cell, y: index / columns * cellHeight)
    }

    var picture: Bitmap { sheet }

    func layout(file: String) -> SpinOutput.Sprite {
        SpinOutput.Sprite(file: file, columns: columns, rows: rows, cellWidth: cell, cellHeight: cellHeight)
    }
}
