internal import CVShim
public import Pipeline

/// Puts cut-outs into studios.
public enum Studio {
    /// Paints a backdrop of 16...16384 pixels a side: RGB, dithered, the same bytes every time.
    ///
    /// - Parameter wheelLine: where the wheels will stand, as a fraction of the canvas from the top.
    public static func paint(
        _ backdrop: Backdrop, canvas: CanvasSize, wheelLine: Double? = nil, cancel: CancelFlag? = nil
    ) throws(Failure) -> Bitmap {
        var numbers = backdrop.shim(wheelLine: wheelLine ?? Framing.fitting(canvas).wheelLine)
        return try Bitmap.make(cancel: cancel) { cancel, out, error in
            cvs_scene_backdrop(
                &numbers, Int32(clamping: canvas.width), Int32(clamping: canvas.height), cancel, out, error)
        }
    }

    /// Composes over any RGB picture, which gives the canvas; without a floor there is neither shadow nor mirror image.
    ///
    /// Where the cut-out's alpha is 1 the result is the resampled cut-out under the placement's white balance and tone,
    /// and nothing else. Resampling: exact halving, then cubic convolution (Keys 1981) widened to the scale, on
    /// premultiplied colours.
    public static func compose(
        cutout: Bitmap, over canvas: Bitmap, placement: Placement, floor: FloorLook?, cancel: CancelFlag? = nil
    ) throws(Failure) -> Bitmap {
        var (place, look) = (placement.shim, floor?.shim ?? CVSFloor())
        return try withExtendedLifetime((cutout, canvas)) { () throws(Failure) in
            try Bitmap.make(cancel: cancel) { cancel, out, error in
                withUnsafePointer(to: &look) { look in
                    cvs_scene_compose(
                        cutout.handle, canvas.handle, &place, floor == nil ? nil : look, cancel, out, error)
                }
            }
        }
    }

    /// Composes over a painted or supplied scenery.
    public static func compose(
        cutout: Bitmap, in scenery: Scenery, placement: Placement, shadow: Bool = true, cancel: CancelFlag? = nil
    ) throws(Failure) -> Bitmap {
        try compose(
            cutout: cutout, over: scenery.picture, placement: placement,
            floor: shadow ? scenery.floor : scenery.floor.unshaded, cancel: cancel)
    }
}
