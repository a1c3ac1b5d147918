import Foundation
import Photogrammetry
import Pipeline
import TestKit
import Testing

@Suite("Cameras")
struct CameraTests {
    private let bent = Intrinsics(width: 1600, height: 1067, focal: 1300, principal: [790, 540], k1: -0.12, k2: 0.03)

    @Test func `a direction goes to a pixel and back`() {
        for place in [SIMD2(0.0, 0.0), [1599, 1066], [800, 20], [790, 540]] {
            let back = bent.pixel(of: bent.direction(of: place) * 3)
            #expect(abs(back.x - place.x) < 1e-6 && abs(back.y - place.y) < 1e-6)
        }
    }

    @Test func `what is behind the camera is not seen`() {
        let camera = Camera(intrinsics: bent, pose: Pose(rotation: .identity, centre: [0, 0, 5]))
        #expect(camera.pixel(of: [0, 0, 4]) == nil)
        #expect(camera.pixel(of: [0, 0, 6]) == bent.principal)
    }

    @Test func `a pose gives back the place it was made from`() {
        let turn = Rotation(about: [1, -2, 0.5], by: 2.1)
        let pose = Pose(rotation: turn, centre: [3, -4, 5])
        let lost = pose.centre - SIMD3(3, -4, 5)
        #expect((lost * lost).sum() < 1e-24)
    }

    @Test(arguments: [0.0, 1e-6, 0.4, 3.14159])
    func `a rotation knows its angle, and with its inverse is none`(angle: Double) {
        let turn = Rotation(about: [0.3, 1, -2], by: angle)
        #expect(abs(turn.angle - angle) < 1e-9)
        #expect((turn * turn.inverse).angle < 1e-9)
    }

    @Test func `a mirror image is no rotation`() {
        #expect(Rotation(checking: [[-1, 0, 0], [0, 1, 0], [0, 0, 1]]) == nil)
        #expect(Rotation(checking: [[1, 0.1, 0], [0, 1, 0], [0, 0, 1]]) == nil)
        #expect(Rotation(checking: [[0, 1, 0], [0, 0, 1], [1, 0, 0]]) != nil)
    }

    @Test func `a picture at half size is seen by the same camera`() {
        let half = bent.scaled(toWidth: 800, height: 533)
        let whole = bent.pixel(of: [0.2, -0.1, 1])
        let seen = half.pixel(of: [0.2, -0.1, 1])
        #expect(abs(seen.x - ((whole.x + 0.5) / 2 - 0.5)) < 1e-9)
    }

    @Test func `the fixture's cameras are read, and written as they were`() throws {
        let json = try Data(contentsOf: Fixtures.root.appending(path: "fixtures/car/cameras.json"))
        let file = try CameraFile(json: json)
        #expect(file.entries.count == 8)
        #expect(file.entries[0].image == "photos/01-front.jpg")
        #expect(try CameraFile(json: file.json()) == file)
    }

    @Test(arguments: [
        "", "{}", "[{}]", #"[{"image":"a","width":1,"height":1,"K":[],"R":[],"t":[]}]"#,
        #"[{"image":"a","width":9,"height":9,"K":[[5,0,4],[0,5,4],[0,0,1]],"R":[[-1,0,0],[0,1,0],[0,0,1]],"t":[0,0,0]}]"#,
        #"[{"image":"a","width":9,"height":9,"K":[[5,0,4],[0,9,4],[0,0,1]],"R":[[1,0,0],[0,1,0],[0,0,1]],"t":[0,0,0]}]"#,
    ])
    func `a file that is no list of cameras is refused`(text: String) {
        #expect(throws: Failure.self) { try CameraFile(json: Data(text.utf8)) }
    }
}
