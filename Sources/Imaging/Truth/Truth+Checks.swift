internal import CVShim
public import Pipeline

extension Truth {
    /// Compares a composite, before it is encoded, with the photo under the placement's operations.
    ///
    /// Every pixel is compared whose resampling reads opaque pixels only; what it should be is computed from the photo,
    /// not from the cut-out.
    /// - Parameters:
    ///   - photo: 3 channels, or 4 whose own alpha does not count.
    ///   - alpha: the object's alpha in the photo's size: 1 channel, or the fourth of 4.
    public init(
        of composite: Bitmap, placed placement: Placement, from photo: Bitmap, alpha: Bitmap, source: Source,
        cancel: CancelFlag? = nil
    ) throws(Failure) {
        var (found, place) = (CVSDeviation(), placement.shim)
        try withExtendedLifetime((composite, photo, alpha)) { () throws(Failure) in
            try withCancelAddress(cancel) { cancel throws(Failure) in
                try checkShim { error in
                    cvs_truth_composite(photo.handle, alpha.handle, composite.handle, &place, cancel, &found, error)
                }
            }
        }
        self.init(found, placement.operations, source)
    }

    /// Compares a cut-out with its photo: opaque pixels must be the photo's own.
    public init(of cutout: Bitmap, from photo: Bitmap, source: Source, cancel: CancelFlag? = nil) throws(Failure) {
        var found = CVSDeviation()
        try withExtendedLifetime((cutout, photo)) { () throws(Failure) in
            try withCancelAddress(cancel) { cancel throws(Failure) in
                try checkShim { error in cvs_truth_cutout(photo.handle, cutout.handle, cancel, &found, error) }
            }
        }
        self.init(found, [], source)
    }

    private init(_ found: CVSDeviation, _ operations: [Operation], _ source: Source) {
        func short(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
        self.init(
            operations: operations, maximumDeviation: short(found.maximum), meanDeviation: short(found.mean),
            pixels: Int(found.pixels), source: source)
    }
}

extension Placement {
    /// What the placement does to the object's pixels; what changes nothing is not named.
    public var operations: [Truth.Operation] {
        func short(_ value: Double) -> Double { (value * 1_000_000).rounded() / 1_000_000 }
        var named = [Truth.Operation("resample", scale: short(scale), roll: roll == 0 ? nil : short(roll))]
        if whiteBalance != .none {
            named.append(Truth.Operation("whiteBalance", gains: whiteBalance.gains.map(short)))
        }
        if toneGain != 1 { named.append(Truth.Operation("tone", gain: short(toneGain))) }
        return named
    }
}
