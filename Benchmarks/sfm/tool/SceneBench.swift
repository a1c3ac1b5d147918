import Foundation
import Imaging
import Photogrammetry
import Pipeline

/// `sfm-bench PHOTO... --out FILE`: the scene path alone, for the evaluation and the benchmark.
@main
enum SceneBench {
    static let usage = """
        usage: sfm-bench PHOTO... --out FILE [--camera FX,FY,CX,CY] [--masks FOLDER] [--points FILE] [--set NAME=NUMBER]...

        Writes cameras.json with what could not be placed and why, and the seconds of processor time that each step took.
        --camera   calibrated, in pixels of the photos, pixel centres at whole numbers; else EXIF or nothing
        --masks    grey pictures with the photos' names
        --points   the points as PLY
        --features sift, or xfeat
        """

    static func main() {
        do {
            let wish = try Wish(Array(CommandLine.arguments.dropFirst()))
            try run(wish)
        } catch let failure as Failure {
            FileHandle.standardError.write(Data("\(failure)\n\(failure.detail ?? "")\n".utf8))
            exit(failure.code == .invalidOptions ? 2 : 1)
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }

    static func run(_ wish: Wish) throws {
        let clock = StepClock()
        clock.begin("reading")
        let views = try wish.photos.map { try view($0, wish) }
        let progress: SceneProgress = { _, step in
            clock.begin(step.hasPrefix("looking for features") ? "looking for features" : step)
        }
        let scene =
            wish.isLearned
            ? try SceneSolver(matcher: learned(), options: wish.options).scene(of: views, progress: progress)
            : try SceneSolver(matcher: wish.matcher, options: wish.options).scene(of: views, progress: progress)
        clock.end()
        try SceneRecord(scene, steps: clock.steps).write(to: wish.out)
        if let file = wish.points { try Data(ply(scene).utf8).write(to: file) }
    }

    private static func learned() throws(Failure) -> XFeatMatcher {
        let store = try ModelStore.found()
        func open(_ name: String) throws(Failure) -> NeuralSession {
            let model = try store.model(name)
            let size = model.input.map { MapSize(width: $0[0], height: $0[1]) }
            return try NeuralSession(model: try store.file(of: model), precision: .f32, threads: 1, size: size)
        }
        return XFeatMatcher(points: try open("xfeat"), pairs: try open("lighterglue"))
    }

    private static func view(_ photo: URL, _ wish: Wish) throws -> SceneView {
        let picture = try ImageFile.decode(photo, as: .rgb)
        let header = try ImageFile.probe(photo)
        let stem = photo.deletingPathExtension().lastPathComponent
        let mask = try wish.masks.map { try ImageFile.decode($0.appending(path: "\(stem).png"), as: .grey) }
        let (width, height) = (picture.width, picture.height)
        let optics: ViewOptics
        if let camera = wish.camera {
            optics = .known(
                Intrinsics(width: width, height: height, focal: camera[0], principal: [camera[2], camera[3]]),
                aspect: camera[1] / camera[0])
        } else {
            optics = .expected(FocalPrior(width: width, height: height, camera: header.camera))
        }
        return SceneView(
            name: photo.lastPathComponent, picture: picture, mask: mask, optics: optics, lens: "one")
    }

    private static func ply(_ scene: Scene) -> String {
        let head = """
            ply
            format ascii 1.0
            element vertex \(scene.points.count)
            property float x
            property float y
            property float z
            property uchar red
            property uchar green
            property uchar blue
            end_header

            """
        return head
            + scene.points.map { point in
                let (at, colour) = (point.position, point.colour)
                return "\(at.x) \(at.y) \(at.z) \(colour.x) \(colour.y) \(colour.z)\n"
            }.joined()
    }
}
