public import Foundation

/// The pictures that this project made, and the folder of real ones.
public enum Fixtures {
    /// The checkout's root.
    public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The 8 views of our own car, front first, clockwise as names say.
    public static let carPhotos: [URL] = files(in: root.appending(path: "fixtures/car/photos"), suffix: ".jpg")

    /// The truth masks of `carPhotos`, in the same order.
    public static let carMasks: [URL] = files(in: root.appending(path: "fixtures/car/masks"), suffix: ".png")

    /// The real pictures (`RUNDUM_DATA`, else `../shared/data` beside the checkout), or nil where they are absent.
    public static let data: URL? = {
        let named = ProcessInfo.processInfo.environment["RUNDUM_DATA"].map { URL(filePath: $0) }
        let folder = named ?? root.deletingLastPathComponent().appending(path: "shared/data")
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) && isFolder.boolValue
            ? folder : nil
    }()

    private static func files(in folder: URL, suffix: String) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted().map { folder.appending(path: $0) }
    }
}
