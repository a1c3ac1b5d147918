import Imaging
import Photogrammetry
import Testing

@Suite("Focal length from EXIF")
struct FocalPriorTests {
    private func prior(_ camera: ImageHeader.Camera, width: Int = 1600, height: Int = 1067) -> FocalPrior {
        FocalPrior(width: width, height: height, camera: camera)
    }

    @Test func `the equivalent in film is believed first`() {
        let found = prior(ImageHeader.Camera(focalLength: 5, focalLength35: 30, make: "Canon", model: "Canon EOS 5D"))
        #expect(found.source == .film)
        #expect(abs(found.focal - 1333.3) < 1)
    }

    @Test func `a listed camera's sensor gives pixels`() {
        let found = prior(ImageHeader.Camera(focalLength: 50, make: "Canon", model: "Canon EOS 5D Mark III"))
        #expect(found.source == .sensor)
        #expect(abs(found.focal - 50 / 36 * 1600) < 1e-9)
    }

    @Test(arguments: [
        ("NIKON CORPORATION", "NIKON D750", 36.0), ("NIKON CORPORATION", "NIKON D7200", 23.5),
        ("Apple", "iPhone 6s", 4.8), ("SONY", "ILCE-6000", 23.5), ("SONY", "ILCE-7M3", 36),
        ("Canon", "Canon EOS R7", 22.3),
        ("SONY", "DSC-RX100M3", 13.2),
    ])
    func `the longest name decides`(make: String, model: String, width: Double) {
        let found = prior(ImageHeader.Camera(focalLength: 10, make: make, model: model))
        #expect(abs(found.focal - 10 / width * 1600) < 1e-9)
    }

    @Test(arguments: [
        ImageHeader.Camera(), ImageHeader.Camera(focalLength: 50),
        ImageHeader.Camera(focalLength: 5, make: "No", model: "X"),
        ImageHeader.Camera(focalLength35: 100_000),
        ImageHeader.Camera(focalLength: 0.001, make: "Apple", model: "iPhone X"),
    ])
    func `what tells nothing leaves an assumption that is hardly believed`(camera: ImageHeader.Camera) {
        let found = prior(camera, width: 1067, height: 1600)
        #expect(found.source == .assumption)
        #expect(found.focal == 1920)
        #expect(found.sigma > 0.3)
        #expect(found.intrinsics(width: 1067, height: 1600).focal == 1920)
    }
}
