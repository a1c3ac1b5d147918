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

    public init(name: String, photo: Bitmap, alpha: Bitmap, prior: FocalPrior) {
        (self.name, self.photo, self.alpha, self.prior) = (name, photo, alpha, prior)
    }
}
