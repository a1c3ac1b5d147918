public import Imaging

/// A photo that shows one object, and where on it the object is.
public struct ObjectView: Sendable {
    /// What people know the photo by.
    public let name: String
    /// 3 channels.
    public let photo: Bitmap
    /// 1 channel, the photo's size.
    public let alpha: Bitmap
    public let prior: FocalPrior
    /// Where its panes and wheels are, 1 channel of any size, stretched over the photo; nil where it is not known.
    public let glass: Bitmap?
    public let wheels: Bitmap?
    /// Number plates on it.
    public var plates: [PlateQuad] = []

    public init(
        name: String, photo: Bitmap, alpha: Bitmap, prior: FocalPrior, glass: Bitmap? = nil, wheels: Bitmap? = nil
    ) {
        (self.name, self.photo, self.alpha, self.prior) = (name, photo, alpha, prior)
        (self.glass, self.wheels) = (glass, wheels)
    }
}
