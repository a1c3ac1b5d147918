internal import Foundation
public import Imaging

/// What is known of a picture's focal length before anything is measured in it.
public struct FocalPrior: Sendable, Equatable {
    /// Where the figure comes from, best first.
    public enum Source: String, Sendable, Codable {
        /// Somebody calibrated the camera.
        case calibration
        /// EXIF's focal length in 35 mm film.
        case film
        /// EXIF's focal length in millimetres, and the width of the camera's sensor from our own list.
        case sensor
        /// Nothing: 1.2 times the longest side, about the main camera of a phone.
        case assumption
    }

    /// In pixels of the upright picture.
    public let focal: Double
    /// Standard deviation of the focal length's logarithm, about a relative one.
    public let sigma: Double
    public let source: Source

    public init(focal: Double, sigma: Double, source: Source) {
        (self.focal, self.sigma, self.source) = (focal, sigma, source)
    }

    /// From what a file says of its camera.
    ///
    /// Film is 36 mm wide; makers round the figure, and refer it now to the width, now to the diagonal, and pictures may
    /// be cropped: hence a sigma of 5 %. A sensor's width is good to 3 %, but for cropped pictures.
    public init(width: Int, height: Int, camera: ImageHeader.Camera) {
        let longest = Double(max(width, height))
        if let film = camera.focalLength35, (8...1_200).contains(film) {
            // By the diagonal, which is what most makers mean, of the picture's own shape.
            let diagonal = (Double(width * width) + Double(height * height)).squareRoot()
            self.init(focal: film / 43.267 * diagonal, sigma: 0.05, source: .film)
        } else if let millimetres = camera.focalLength, (0.5...1_200).contains(millimetres),
            let sensor = SensorWidths.millimetres(make: camera.make, model: camera.model)
        {
            self.init(focal: millimetres / sensor * longest, sigma: 0.05, source: .sensor)
        } else {
            self.init(focal: 1.2 * longest, sigma: 0.4, source: .assumption)
        }
    }

    /// The optics that the prior means.
    public func intrinsics(width: Int, height: Int) -> Intrinsics {
        Intrinsics(width: width, height: height, focal: focal)
    }
}
