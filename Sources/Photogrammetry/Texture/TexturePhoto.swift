public import Imaging

/// A photo for a texture, with all that is known of it.
public struct TexturePhoto: Sendable {
    public let camera: Camera
    public let silhouette: Silhouette
    /// 3 channels, the camera's size.
    public let photo: Bitmap
    /// 1 channel, the camera's size: what is not opaque shows what is behind the object, also within its outline; nil for
    /// all.
    public let alpha: Bitmap?
    /// 1 channel of any size, stretched over the photo: where the object's panes are; nil where it is not known.
    public let glass: Bitmap?
    /// The same of its wheels.
    public let wheels: Bitmap?

    public init(
        camera: Camera, silhouette: Silhouette, photo: Bitmap, alpha: Bitmap? = nil, glass: Bitmap? = nil,
        wheels: Bitmap? = nil
    ) {
        (self.camera, self.silhouette, self.photo, self.alpha) = (camera, silhouette, photo, alpha)
        (self.glass, self.wheels) = (glass, wheels)
    }
}
