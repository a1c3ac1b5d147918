internal import CVShim
public import Imaging
public import Pipeline

extension Mesh {
    /// Where a camera sees the mesh: 255 there and 0 elsewhere, 1 channel of the camera's size.
    public func mask(in camera: Camera, cancel: CancelFlag? = nil) throws(Failure) -> Bitmap {
        var shim = CVSCamera(camera)
        let handle = try withCancelAddress(cancel) { cancel throws(Failure) in
            try callShim { out, error in cvs_mesh_mask(self.handle, &shim, cancel, out, error) }
        }
        return Bitmap(owning: handle)
    }
}
