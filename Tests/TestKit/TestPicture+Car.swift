public import Imaging
public import Pipeline

extension TestPicture {
    /// A toy car on a clear ground: a box on two discs. All numbers are pixels of the picture.
    public struct Car: Sendable {
        public var width = 320, height = 240
        /// Left, top, right and bottom pixel of the body, all inside it.
        public var body = (left: 60, top: 90, right: 259, bottom: 170)
        /// Middle column and lowest row of each wheel.
        public var wheels = [(x: 100, bottom: 190), (x: 220, bottom: 190)]
        public var radius = 22
        public var colour: [UInt8] = [180, 40, 40]

        public init() {}
    }

    /// Draws the car: 4 channels, hard edges.
    public static func car(_ car: Car = Car()) throws(Failure) -> Bitmap {
        try make(width: car.width, height: car.height, channels: 4) { x, y, pixel in
            let inBody = x >= car.body.left && x <= car.body.right && y >= car.body.top && y <= car.body.bottom
            let inWheel = car.wheels.contains { wheel in
                let (dx, dy) = (x - wheel.x, y - (wheel.bottom - car.radius))
                return dx * dx + dy * dy <= car.radius * car.radius
            }
            guard inBody || inWheel else { return }
            for channel in 0..<3 { pixel[channel] = inWheel ? 30 : car.colour[channel] }
            pixel[3] = 255
        }
    }
}
