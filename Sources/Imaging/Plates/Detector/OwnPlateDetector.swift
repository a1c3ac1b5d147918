internal import CVShim
public import Foundation
public import Pipeline
internal import Synchronization

/// A user's own detector of plates: an ONNX network that gives boxes as YOLO networks do.
///
/// It is none of ours: what it finds, and under which licence it may be used, is its owner's to know.
public final class OwnPlateDetector: Sendable {
    /// Names the file in the environment.
    public static let variable = "RUNDUM_PLATE_DETECTOR"
    /// The file's name in the folder of models, where the environment names none.
    public static let fileName = "plate-detector.onnx"

    /// From here on a box is a plate, and from there on a suspect.
    private static let surely = 0.5, perhaps = 0.25
    /// Sides of the picture that a network of free sizes is shown.
    private static let usual = 640
    private static let mostValues = 4_000_000, mostBoxes = 300
    /// A photo so much larger than the network's picture is looked at in parts, too.
    private static let largerBy = 1.5

    private let given: URL?
    private let open = Mutex<(file: URL, stamp: Stamp, threads: Int, session: NeuralSession, size: MapSize)?>(nil)
    private let marked = Mutex<(stamp: Stamp, mark: String)?>(nil)

    /// - Parameter file: nil looks for it when it is first needed.
    public init(file: URL? = nil) { given = file }

    /// What decides its findings, for cache keys.
    public func identity() throws(Failure) -> String {
        let (file, stamp) = try found()
        if let known = marked.withLock({ $0 }), known.stamp == stamp { return known.mark }
        guard let bytes = try? Data(contentsOf: file, options: .mappedIfSafe) else { throw Self.absent(file.path) }
        // Fowler, Noll and Vo's FNV-1a of 64 bits: it tells files apart, it proves nothing.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        bytes.withUnsafeBytes { for byte in $0 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 } }
        let mark = "plate-detector:\(String(hash, radix: 16)):\(bytes.count)"
        marked.withLock { $0 = (stamp, mark) }
        return mark
    }

    /// The plates on a photo (3 channels) as upright boxes, and what may be some.
    public func findings(
        on photo: Bitmap, threads: Int, cancel: CancelFlag? = nil
    ) throws(Failure) -> PlateFindings {
        let (session, size) = try session(threads: threads)
        var boxes: [CVSPlateBox] = []
        for part in Self.parts(of: photo, size) {
            boxes += try Self.boxes(in: part, of: photo, by: session, size, cancel)
        }
        var kept: [CVSPlateBox] = []
        for box in boxes.sorted(by: { $0.confidence > $1.confidence })
        where !kept.contains(where: { $0.isSame(as: box) }) {
            kept.append(box)
        }
        return PlateFindings(
            plates: kept.filter { $0.confidence >= Self.surely }.compactMap { box in
                box.quad.map { FoundPlate(quad: $0, confidence: box.confidence) }
            },
            suspects: kept.filter { $0.confidence < Self.surely }.compactMap { box in
                box.quad.map { SuspectRegion(quad: $0, reason: .uncertain, confidence: box.confidence) }
            })
    }

    /// Tells whether a file has changed.
    private struct Stamp: Equatable {
        let path: String
        let bytes: Int
        let changed: Date?
    }

    private func found() throws(Failure) -> (URL, Stamp) {
        let file: URL
        if let given { file = given } else { file = try Self.named() }
        guard
            let values = try? file.resolvingSymlinksInPath().resourceValues(forKeys: [
                .fileSizeKey, .contentModificationDateKey, .isRegularFileKey,
            ]), values.isRegularFile == true
        else { throw Self.absent(file.path) }
        return (file, Stamp(path: file.path, bytes: values.fileSize ?? 0, changed: values.contentModificationDate))
    }

    private static func named() throws(Failure) -> URL {
        if let named = ProcessInfo.processInfo.environment[variable], !named.isEmpty { return URL(filePath: named) }
        return try ModelStore.found().folder.appending(path: fileName)
    }

    private static func absent(_ path: String) -> Failure {
        Failure(
            .modelMissing, "There is no plate detector of your own.",
            hint: "Name its ONNX file with \(variable), or put it into the models folder as \(fileName).", detail: path)
    }

    private func session(threads: Int) throws(Failure) -> (NeuralSession, MapSize) {
        let (file, stamp) = try found()
        return try open.withLock { open throws(Failure) in
            if let open, open.stamp == stamp, open.threads == threads { return (open.session, open.size) }
            let stated = try NeuralSession.size(of: file)
            let session = try NeuralSession(model: file, precision: .f32, threads: threads, size: stated)
            let size = stated ?? MapSize(width: Self.usual, height: Self.usual)
            open = (file, stamp, threads, session, size)
            return (session, size)
        }
    }

    /// The whole photo, and of a large one four parts that overlap.
    private static func parts(of photo: Bitmap, _ size: MapSize) -> [PixelBox] {
        let whole = PixelBox(x: 0, y: 0, width: photo.width, height: photo.height)
        guard Double(max(photo.width, photo.height)) > largerBy * Double(max(size.width, size.height)) else {
            return [whole]
        }
        let (width, height) = (photo.width * 3 / 5, photo.height * 3 / 5)
        let corners = [0, photo.width - width].flatMap { x in [0, photo.height - height].map { (x, $0) } }
        return [whole] + corners.map { PixelBox(x: $0.0, y: $0.1, width: width, height: height) }
    }

    private static func boxes(
        in part: PixelBox, of photo: Bitmap, by session: NeuralSession, _ size: MapSize, _ cancel: CancelFlag?
    ) throws(Failure) -> [CVSPlateBox] {
        // As large as it fits into the network's picture, at its upper left; the rest is black.
        let scale = min(Double(size.width) / Double(part.width), Double(size.height) / Double(part.height))
        let inner = MapSize(
            width: min(size.width, max(1, Int((Double(part.width) * scale).rounded()))),
            height: min(size.height, max(1, Int((Double(part.height) * scale).rounded()))))
        let seen = try inner.planes(3, cancel: cancel) { base, flag, error in
            cvs_plates_input(
                photo.handle, part.shim, Int32(clamping: inner.width), Int32(clamping: inner.height), .colour, base,
                flag, error)
        }
        let planes = size.framing(seen, of: inner)
        let (values, shape) = try session.run(
            planes, count: 3, width: size.width, height: size.height, atMost: mostValues, cancel: cancel)
        var (found, count) = ([CVSPlateBox](repeating: CVSPlateBox(), count: mostBoxes), Int32(0))
        do {
            try checkShim { error in
                found.withUnsafeMutableBufferPointer { found in
                    guard let to = found.baseAddress else { return .badArgument }
                    return cvs_plates_boxes(
                        values, shape.map(Int64.init), Int32(clamping: shape.count), perhaps, to,
                        Int32(clamping: mostBoxes), &count, error)
                }
            }
        } catch {
            guard error.code == .imageCorrupt else { throw error }
            throw Failure(
                .modelCorrupt, "The plate detector of your own gives no boxes.",
                hint: "docs/plates.md says what it must give.", detail: error.detail)
        }
        return found.prefix(Int(count)).map { $0.placed(in: part, of: inner) }
    }
}

extension MapSize {
    /// Three planes of this size with smaller ones at their upper left, and 0 elsewhere.
    fileprivate func framing(_ planes: [Float], of inner: MapSize) -> [Float] {
        if inner == self { return planes }
        var framed = [Float](repeating: 0, count: 3 * width * height)
        for plane in 0..<3 {
            for row in 0..<inner.height {
                let from = (plane * inner.height + row) * inner.width
                let to = (plane * height + row) * width
                framed.replaceSubrange(to..<to + inner.width, with: planes[from..<from + inner.width])
            }
        }
        return framed
    }
}

extension CVSPlateBox {
    /// From pixels of a network's picture to those of the photo.
    fileprivate func placed(in part: PixelBox, of size: MapSize) -> CVSPlateBox {
        let (across, down) = (Double(part.width) / Double(size.width), Double(part.height) / Double(size.height))
        return CVSPlateBox(
            x: Double(part.x) + x * across - 0.5, y: Double(part.y) + y * down - 0.5, width: width * across,
            height: height * down, confidence: confidence)
    }

    /// Shares half of the smaller one's area.
    fileprivate func isSame(as other: CVSPlateBox) -> Bool {
        let across = min(x + width, other.x + other.width) - max(x, other.x)
        let down = min(y + height, other.y + other.height) - max(y, other.y)
        return across > 0 && down > 0 && across * down > 0.5 * min(width * height, other.width * other.height)
    }

    fileprivate var quad: PlateQuad? {
        PlateQuad(corners: [[x, y], [x + width, y], [x + width, y + height], [x, y + height]])
    }
}
