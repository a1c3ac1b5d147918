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
        /// Where the car's plate was before it was covered, in pixels of the picture; nil where nothing tells of one.
        let plate: PlateQuad?
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
            let record = try Provenance(of: input, in: context)
            return Photo(
                input: input, name: name, picture: picture, alpha: alpha, prior: prior(record, header, picture),
                glass: parts?.glass, wheels: parts?.wheels, plate: Self.plate(record, header, picture, alpha))
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

    /// What a file's history tells of the plate, where that lies on the car.
    private static func plate(
        _ record: Provenance, _ header: ImageHeader, _ picture: Bitmap, _ alpha: Bitmap?
    ) -> PlateQuad? {
        guard let alpha, let told = record.coveredPlate, !told.isMirrored else { return nil }
        let quad = told.scaled(
            x: Double(picture.width) / Double(header.width), y: Double(picture.height) / Double(header.height))
        let middle = quad.corners.reduce(SIMD2.zero, +) / 4
        guard middle.x >= 0, middle.y >= 0, middle.x < Double(alpha.width), middle.y < Double(alpha.height) else {
            return nil
        }
        let value = alpha.withPixels { $0[Int(middle.y) * alpha.width + Int(middle.x)] }
        return value >= 128 ? quad : nil
    }

    /// From the option, else from what the photo says of its lens, itself or in a history.
    private func prior(_ record: Provenance, _ header: ImageHeader, _ picture: Bitmap) -> FocalPrior {
        let film = options.focal35 > 0 ? options.focal35 : header.camera.focalLength35 ?? record.focalLength35
        let camera = ImageHeader.Camera(
            focalLength: header.camera.focalLength, focalLength35: film, make: header.camera.make,
            model: header.camera.model)
        return FocalPrior(width: picture.width, height: picture.height, camera: camera)
    }
}
