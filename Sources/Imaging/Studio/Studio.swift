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

    /// Composes over any RGB picture, which gives the canvas; `shadow` nil casts none.
    ///
    /// Where the cut-out's alpha is 1 the result is the resampled cut-out under the placement's tone and nothing else.
    /// Resampling: exact halving, then cubic convolution (Keys 1981) widened to the scale, on premultiplied colours.
    public static func compose(
        cutout: Bitmap, over canvas: Bitmap, placement: Placement, shadow: Backdrop?,
        cancel: CancelFlag? = nil
    ) throws(Failure) -> Bitmap {
        var (place, shade) = (placement.shim, shadow?.shadowShim ?? CVSShadow())
        return try withExtendedLifetime((cutout, canvas)) { () throws(Failure) in
            try Bitmap.make(cancel: cancel) { cancel, out, error in
                withUnsafePointer(to: &shade) { shade in
                    cvs_scene_compose(
                        cutout.handle, canvas.handle, &place, shadow == nil ? nil : shade, cancel, out, error)
                }
            }
        }
    }

    /// Paints the backdrop and composes: what one photo needs.
    ///
    /// - Parameter placement: nil levels a side view and fits the object into the canvas.
    public static func compose(
        cutout: Bitmap, backdrop: Backdrop, canvas: CanvasSize, placement: Placement? = nil, shadow: Bool = true,
        cancel: CancelFlag? = nil
    ) throws(Failure) -> Bitmap {
        let place: Placement
        if let placement {
            place = placement
        } else {
            let geometry = try ObjectGeometry(alpha: cutout, cancel: cancel).levelled(cutout, cancel: cancel)
            place = .fitting(geometry, canvas: canvas)
        }
        let floor = try paint(
            backdrop, canvas: canvas, wheelLine: (place.target.y + 0.5) / Double(canvas.height), cancel: cancel)
        return try compose(
            cutout: cutout, over: floor, placement: place, shadow: shadow ? backdrop : nil, cancel: cancel)
    }

    /// Median luminance (Rec. 709, linear light, 0...1) of a cut-out's opaque pixels; 0 without any.
    public static func luminance(_ cutout: Bitmap, cancel: CancelFlag? = nil) throws(Failure) -> Double {
        var value = 0.0
        try withCancelAddress(cancel) { cancel throws(Failure) in
            try checkShim { error in cvs_scene_luminance(cutout.handle, cancel, &value, error) }
        }
        return value
    }
}
