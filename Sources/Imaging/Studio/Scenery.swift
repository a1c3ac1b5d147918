public import Pipeline

/// What an object is set on: a picture of the canvas's size, and its floor.
public struct Scenery: Sendable {
    /// RGB.
    public let picture: Bitmap
    /// Where wheels stand, as a fraction of the canvas from the top.
    public let wheelLine: Double
    public let floor: FloorLook

    /// Paints a studio.
    ///
    /// - Parameter wheelLine: nil takes the framing that suits the canvas.
    public static func painted(
        _ backdrop: Backdrop, canvas: CanvasSize, wheelLine: Double? = nil, cancel: CancelFlag? = nil
    ) throws(Failure) -> Scenery {
        let line = wheelLine ?? Framing.fitting(canvas).wheelLine
        return Scenery(
            picture: try Studio.paint(backdrop, canvas: canvas, wheelLine: line, cancel: cancel), wheelLine: line,
            floor: backdrop.floor)
    }

    /// A supplied picture, scaled to cover the canvas and cropped around, never distorted.
    ///
    /// Cropped above and below, it is moved so that its floor line comes as near as it can to where wheels stand.
    /// - Parameters:
    ///   - floorLine: where wheels stand on the picture, as a fraction of its height from the top.
    ///   - lightX: -1 left ... 1 right; nil estimates it, see `lightSide`.
    ///   - mirror: 0...1, see `FloorLook`.
    /// - Throws: `imageTooSmall` for a picture under 64 pixels a side.
    public static func supplied(
        _ picture: Bitmap, canvas: CanvasSize, floorLine: Double = 0.82, lightX: Double? = nil, mirror: Double = 0,
        cancel: CancelFlag? = nil
    ) throws(Failure) -> Scenery {
        let (width, height) = (Double(picture.width), Double(picture.height))
        guard min(width, height) >= 64 else {
            throw Failure(
                .imageTooSmall, "The background is only \(picture.width) x \(picture.height) pixels.",
                hint: "Send one of at least the canvas's size.")
        }
        let scale = max(Double(canvas.width) / width, Double(canvas.height) / height)
        let (across, down) = (
            min(width, (Double(canvas.width) / scale).rounded()), min(height, (Double(canvas.height) / scale).rounded())
        )
        let wanted = floorLine * height - Framing.fitting(canvas).wheelLine * down
        let (x, y) = (((width - across) / 2).rounded(), min(max(wanted.rounded(), 0), height - down))
        let cropped = try picture.cropped(x: Int(x), y: Int(y), width: Int(across), height: Int(down))
        let line = min(max((floorLine * height - y) / down, 0.2), 0.98)
        let sense = try SceneLight(of: cropped, floorLine: line)
        return Scenery(
            picture: try cropped.resized(width: canvas.width, height: canvas.height, cancel: cancel), wheelLine: line,
            floor: FloorLook(
                contact: 0.9, soft: 0.62, lightX: lightX ?? sense.side, colour: sense.ground.scaled(0.12),
                mirror: mirror))
    }
}

/// What a picture says of its own light.
public struct SceneLight: Sendable, Equatable {
    /// -1 from the left ... 1 from the right.
    public let side: Double
    /// The mean colour of the floor round the floor line.
    public let ground: StudioColour

    /// Reads the light from how luminance rises from one side of the picture to the other, above and on the floor.
    ///
    /// - Parameter floorLine: as a fraction of the height from the top.
    public init(of picture: Bitmap, floorLine: Double) throws(Failure) {
        let (width, height) = (48, 32)
        let small = try picture.converted(channels: 3).resized(width: width, height: height, filter: .area)
        var (lever, light) = (0.0, 0.0)
        var (ground, count) = ([0, 0, 0], 0)
        small.withPixels { pixels in
            for y in 0..<height {
                for x in 0..<width {
                    let at = (y * width + x) * 3
                    let (red, green, blue) = (Int(pixels[at]), Int(pixels[at + 1]), Int(pixels[at + 2]))
                    let value = StudioColour(red: red, green: green, blue: blue).luma
                    light += value
                    lever += value * (Double(2 * x + 1) / Double(width) - 1)
                    guard abs((Double(y) + 0.5) / Double(height) - floorLine) < 0.08 else { continue }
                    (ground[0], ground[1], ground[2]) = (ground[0] + red, ground[1] + green, ground[2] + blue)
                    count += 1
                }
            }
        }
        // A picture whose light falls off evenly from full to nothing has a lever of a third.
        side = light > 0 ? min(1, max(-1, 6 * lever / light)) : 0
        count = max(count, 1)
        self.ground = StudioColour(red: ground[0] / count, green: ground[1] / count, blue: ground[2] / count)
    }
}
