internal import CVShim
public import Pipeline

extension Truth {
    /// Compares a covered photo, before it is encoded, with the photo: outside of the plates and their margins nothing may
    /// differ. Where that is, is computed anew from the corners.
    public init(
        of covered: Bitmap, covering covers: [PlateCover], of photo: Bitmap, source: Source, cancel: CancelFlag? = nil
    ) throws(Failure) {
        var found = CVSCoverTruth()
        let wire = covers.map(\.shim)
        try withExtendedLifetime((covered, photo)) { () throws(Failure) in
            try withCancelAddress(cancel) { flag throws(Failure) in
                try checkShim { error in
                    wire.withUnsafeBufferPointer {
                        cvs_truth_covers(
                            photo.handle, covered.handle, $0.baseAddress, Int32(clamping: $0.count), flag, &found, error
                        )
                    }
                }
            }
        }
        self.init(
            operations: covers.isEmpty ? [] : [Operation("cover")], maximumDeviation: found.maximum,
            meanDeviation: found.maximum, pixels: Int(found.outside), source: source)
    }
}
