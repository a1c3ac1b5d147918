internal import CVShim
public import Imaging
public import Pipeline

/// What an alpha says about one object: its outline between the pixels and how far every place is from it.
///
/// Only the outer lines of parts with at least a twentieth of the largest part's area count: specks are nothing and
/// holes are filled. Where the outline is the picture's border the object goes on, so nothing is known beyond it.
// @unchecked: the handle is only read after `init`, what is behind it never changes, and `deinit` frees it once.
public final class Silhouette: @unchecked Sendable {
    /// The shim's silhouette.
    let handle: OpaquePointer

    /// Measures an alpha of 1 channel; the field of distances is at most `longestSide` (8 or more) samples long.
    ///
    /// The distances are those to the outline at full size, whatever the field's size; 800 samples keep them to a tenth
    /// of a pixel on a picture of 1600. An empty alpha is taken and has the area 0.
    public init(alpha: Bitmap, longestSide: Int = 800, cancel: CancelFlag? = nil) throws(Failure) {
        handle = try withCancelAddress(cancel) { address throws(Failure) in
            try callShim { out, error in
                cvs_silhouette_create(alpha.handle, Int32(clamping: longestSide), address, out, error)
            }
        }
    }

    deinit { cvs_silhouette_destroy(handle) }

    /// The alpha's size in pixels.
    public var width: Int { Int(cvs_silhouette_width(handle)) }
    public var height: Int { Int(cvs_silhouette_height(handle)) }

    /// Square pixels inside the outline.
    public var area: Double { cvs_silhouette_area(handle) }

    /// Which share of the outline is the picture's border, 0...1.
    public var cutShare: Double { cvs_silhouette_cut_share(handle) }

    /// Pixels of the full size from the outline, inside positive; nil where nothing is known.
    public func distance(x: Double, y: Double) -> Double? {
        let distance = cvs_silhouette_distance(handle, x, y)
        return distance.isNaN ? nil : distance
    }
}
