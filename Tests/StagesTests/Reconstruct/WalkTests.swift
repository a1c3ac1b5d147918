import Pipeline
import Testing

@testable import Stages

@Suite struct WalkTests {
    @Test func `view names are eighths of a turn over the car's left side`() throws {
        let walk = try Walk(slots: ["left/cutout", "front/cutout", "rear/cutout"], order: [])
        #expect(walk.isNamed)
        #expect(walk.stops == [.init(input: 1, place: 0), .init(input: 0, place: 2), .init(input: 2, place: 4)])
    }

    @Test func `numbers say the place, and what has none is taken as it comes`() throws {
        #expect(try Walk(slots: ["photo-3", "photo-1"], order: []).stops.map(\.place) == [0, 2])
        #expect(try Walk(slots: ["b", "a"], order: []).stops.map(\.input) == [0, 1])
    }

    @Test func `places close up unless the walk's steps are told`() throws {
        let slots = ["photo-8", "photo-2", "photo-5", "photo-3"]
        let closed = try RingPlaces(slots: slots, used: [0, 1, 2, 3], order: [], steps: 0)
        #expect(closed.places == [3, 0, 2, 1] && closed.count == 4)
        // Of a photo that shows no car the place stays empty.
        let gap = try RingPlaces(slots: slots, used: [0, 1, 3], order: [], steps: 0)
        #expect(gap.places == [3, 0, 1] && gap.count == 4)
        let open = try RingPlaces(slots: slots, used: [0, 1, 3], order: [], steps: 8)
        #expect(open.places == [7, 1, 2] && open.count == 8)
    }
}
