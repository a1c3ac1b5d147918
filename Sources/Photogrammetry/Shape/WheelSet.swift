internal import CVShim
public import Imaging
public import Pipeline

/// The four wheels of a car that stands on y = 0 along z.
public struct WheelSet: Sendable, Equatable {
    /// Front left, front right, rear left, rear right.
    public let wheels: [Wheel]
    /// Between the axles, in the cameras' unit, and one standard deviation of it.
    public let wheelbase, error: Double

    /// Finds them from where wheels are in photos: the middles that all photos from the side see, both sides as one, give
    /// the axles and how far out the wheels' faces are.
    ///
    /// - Parameters:
    ///   - mesh: the car, as coarse as may be: it says how large a wheel can be, and where.
    ///   - masks: a camera and the wheels on its photo, 1 channel of any size, stretched over the photo; 255 for surely.
    /// - Returns: nil where fewer than two photos see each axle, or what they see is not two axles of a car.
    public init?(
        on mesh: Mesh, from masks: [(camera: Camera, wheels: Bitmap)], cancel: CancelFlag? = nil
    ) throws(Failure) {
        guard mesh.vertexCount > 0 else { return nil }
        let views = masks.map { CVSWheelView(camera: CVSCamera($0.camera), wheels: $0.wheels.handle) }
        var found = CVSWheelsFound()
        try withExtendedLifetime(masks) { () throws(Failure) in
            try withCancelAddress(cancel) { cancel throws(Failure) in
                try checkShim { error in
                    views.withUnsafeBufferPointer { views in
                        guard let base = views.baseAddress else { return .OK }
                        return cvs_wheels_find(mesh.handle, base, views.count, cancel, &found, error)
                    }
                }
            }
        }
        guard found.count == 4 else { return nil }
        let all = found.wheels
        wheels = [Wheel(all.0), Wheel(all.1), Wheel(all.2), Wheel(all.3)]
        (wheelbase, error) = (found.wheelbase, found.error)
    }

    /// The same wheels in a world whose unit is `factor` times smaller.
    func enlarged(by factor: Double) -> WheelSet {
        WheelSet(
            wheels: wheels.map { $0.enlarged(by: factor) }, wheelbase: wheelbase * factor, error: error * factor)
    }

    init(wheels: [Wheel], wheelbase: Double, error: Double) {
        (self.wheels, self.wheelbase, self.error) = (wheels, wheelbase, error)
    }
}
