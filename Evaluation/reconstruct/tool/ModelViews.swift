import Foundation
import Imaging
import Photogrammetry
import Pipeline

/// `model-views`: what other cameras see of a model that `reconstruct` made, for the evaluation.
@main
enum ModelViews {
    static let usage = """
        usage: model-views --model GLB --cameras JSON --at JSON --out FOLDER [--symmetric yes|no] CUTOUT...

        Textures the model's surface again from the cut-outs, in the order of `cameras`, and writes what each camera of
        `at` sees, without light: FOLDER/texture/NAME.png in the model's own colours, FOLDER/photos/NAME.png in those of
        the nearest photos.
        """

    static func main() {
        do { try run(Array(CommandLine.arguments.dropFirst())) } catch {
            FileHandle.standardError.write(Data("\(error)\n\((error as? Failure)?.detail ?? "")\n\(usage)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws {
        var (options, cutouts, rest) = ([String: String](), [URL](), arguments[...])
        while let word = rest.popFirst() {
            if word.hasPrefix("--") { options[word] = rest.popFirst() } else { cutouts.append(URL(filePath: word)) }
        }
        func file(_ name: String) throws -> URL {
            guard let path = options[name] else { throw Failure(.invalidOptions, "\(name) is missing.") }
            return URL(filePath: path)
        }
        let cameras = try CameraFile(json: Data(contentsOf: file("--cameras"))).entries
        guard cameras.count == cutouts.count else {
            throw Failure(.invalidOptions, "\(cameras.count) cameras, but \(cutouts.count) cut-outs.")
        }
        let photos = try zip(cutouts, cameras).map { try photo($0, $1.camera) }
        var wish = TextureOptions()
        wish.isSymmetric = options["--symmetric"] != "no"
        let model = try TexturedModel(mesh: surface(of: file("--model")), photos: photos, options: wish)
        let out = try file("--out")
        let places = try CameraFile(json: Data(contentsOf: file("--at"))).entries
        for (name, colours) in [("texture", TexturedModel.Colours.texture), ("photos", .photos)] {
            let folder = out.appending(path: name)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for place in places {
                let stem = URL(filePath: place.image).deletingPathExtension().lastPathComponent
                try model.picture(in: place.camera, colours: colours)
                    .write(.png(compression: 1), to: folder.appending(path: "\(stem).png"))
            }
        }
    }

    /// A cut-out at the size that its camera has.
    private static func photo(_ file: URL, _ camera: Camera) throws -> TexturePhoto {
        let picture = try ImageFile.decode(file, as: .rgba)
        let optics = camera.intrinsics
        guard picture.width == optics.width, picture.height == optics.height else {
            throw Failure(.invalidInputs, "\(file.lastPathComponent) and its camera differ in size.")
        }
        return TexturePhoto(
            camera: camera, silhouette: try Silhouette(alpha: picture.channel(3)),
            photo: try picture.converted(channels: 3))
    }

    /// The model's surface, its vertices that were parted for the texture one again.
    private static func surface(of file: URL) throws -> Mesh {
        let contents = try GLB.contents(of: Data(contentsOf: file))
        var (places, number) = ([SIMD3<Float>](), [SIMD3<Float>: UInt32]())
        let merged = contents.positions.map { place in
            if let known = number[place] { return known }
            let fresh = UInt32(places.count)
            number[place] = fresh
            places.append(place)
            return fresh
        }
        let triangles = contents.parts.flatMap(\.triangles).map { corner in
            SIMD3(merged[Int(corner.x)], merged[Int(corner.y)], merged[Int(corner.z)])
        }
        return try Mesh(vertices: places, triangles: triangles)
    }
}
