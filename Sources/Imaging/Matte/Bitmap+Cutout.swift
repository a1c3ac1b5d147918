internal import CVShim
public import Pipeline

extension Bitmap {
    /// These colours with `alpha` (1 channel, equal size), freed of the background's light along the border.
    ///
    /// Opaque pixels keep their bytes; those along the border are unmixed by blur fusion (Forte and Pitié 2021).
    public func cutOut(by alpha: Bitmap, cancel: CancelFlag? = nil) throws(Failure) -> Bitmap {
        try withExtendedLifetime(alpha) { () throws(Failure) in
            try Bitmap.make(cancel: cancel) { flag, out, error in
                cvs_matte_cutout(handle, alpha.handle, flag, out, error)
            }
        }
    }

    /// Black, 1 channel.
    static func empty(like picture: Bitmap) throws(Failure) -> Bitmap {
        let zeros = [UInt8](repeating: 0, count: picture.width * picture.height)
        return try Bitmap(pixels: zeros, width: picture.width, height: picture.height, channels: 1)
    }
}
