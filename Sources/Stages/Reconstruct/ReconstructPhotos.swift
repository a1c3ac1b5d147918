internal import Imaging
internal import Photogrammetry
internal import Pipeline

/// The photos of one job, decoded, with their alphas.
struct ReconstructPhotos {
    struct Photo {
        let input: StageInput
        /// What people know it by: its file's name, or the slot where files have the same name.
        let name: String
        let picture: Bitmap
        /// Nil where no object was found.
        let alpha: Bitmap?
        let prior: FocalPrior
        /// Where the car's panes and wheels are, as masks stretched over the photo; nil where there is no car.
        let glass, wheels: Bitmap?
    }

    /// What a photo is shrunk to: 3 million pixels of the usual shapes.
    private static let longestSide = 2_048
    /// Below it a matte is nothing to measure with.
    private static let leastConfidence = 0.5
    /// Longer than the network's own cells would be no more exact.
    private static let maskSide = 800

    private let options: ReconstructOptions
    private let context: StageContext
    private let networks: MatteNetworks

    init(_ options: ReconstructOptions, _ context: StageContext, _ networks: MatteNetworks) {
        (self.options, self.context, self.networks) = (options, context, networks)
    }

    /// All photos in the order of the inputs.
    func read(_ inputs: [StageInput], progress: (Double) -> Double) throws(Failure) -> [Photo] {
        let names = Dictionary(grouping: inputs, by: \.name)
        var photos: [Photo] = []
        for (index, input) in inputs.enumerated() {
            try context.checkpoint(
                progress(Double(index) / Double(inputs.count)), "looking at photo \(index + 1) of \(inputs.count)")
            photos.append(try read(input, called: names[input.name]?.count == 1 ? input.name : input.slot))
        }
        return photos
    }

    private func read(_ input: StageInput, called name: String) throws(Failure) -> Photo {
        let header = try ImageFile.probe(input, in: context)
        let decoded = try ImageFile.decode(
            input, in: context, as: header.hasAlpha ? .rgba : .rgb, maxSide: Self.longestSide)
        let picture = header.hasAlpha ? try decoded.converted(channels: 3) : decoded
        do {
            let alpha = header.hasAlpha ? try decoded.channel(3) : try matte(of: picture)
            let parts = try masks(of: picture, alpha)
            return Photo(
                input: input, name: name, picture: picture, alpha: alpha, prior: try prior(of: input, header, picture),
                glass: parts?.glass, wheels: parts?.wheels)
        } catch { throw error.about(slot: input.slot) }
    }

    private func matte(of picture: Bitmap) throws(Failure) -> Bitmap? {
        guard options.subject != .scene else { return nil }
        let matte = try Matte(
            of: picture, by: open(MatteNetworks.saliency), vehicles: open(MatteNetworks.vehicles),
            cancel: context.cancel)
        return matte.confidence >= Self.leastConfidence && (matte.vehicleShare ?? 0) >= 0.25 ? matte.alpha : nil
    }

    private func masks(of picture: Bitmap, _ alpha: Bitmap?) throws(Failure) -> (glass: Bitmap, wheels: Bitmap)? {
        guard options.subject != .scene, let alpha, alpha.withPixels({ $0.contains { $0 >= 128 } }) else { return nil }
        return try CarParts(
            of: picture, alpha: alpha, by: open(MatteNetworks.vehicles), drawing: open(MatteNetworks.parts),
            cancel: context.cancel
        ).masks(width: picture.width, height: picture.height, longestSide: Self.maskSide)
    }

    private func open(_ name: String) throws(Failure) -> NeuralSession {
        try networks.session(name, options.wished, threads: context.budget.threads)
    }

    /// From the option, else from what the photo says of its lens, itself or in a cut-out's history.
    private func prior(
        of input: StageInput, _ header: ImageHeader, _ picture: Bitmap
    ) throws(Failure) -> FocalPrior {
        let kept = try Provenance(of: input, in: context).focalLength35
        let film = options.focal35 > 0 ? options.focal35 : header.camera.focalLength35 ?? kept
        let camera = ImageHeader.Camera(
            focalLength: header.camera.focalLength, focalLength35: film, make: header.camera.make,
            model: header.camera.model)
        return FocalPrior(width: picture.width, height: picture.height, camera: camera)
    }
}
