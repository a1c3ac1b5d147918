/// Widths of camera sensors, for pictures that say a focal length but not its equivalent in film.
///
/// Sensors come in a few sizes; listed are families of models by the words that EXIF gives them, and the longer side of
/// their main camera's sensor in millimetres as the makers state the size. Phones newer than the list give the
/// equivalent in film, and don't need it.
enum SensorWidths {
    /// A family of models: all that begin with `prefix`, in lower case, of makers whose name contains `make`.
    private struct Family {
        let make: String
        let prefix: String
        let width: Double
    }

    private static let fullFrame = 36.0
    private static let canonHalf = 22.3
    private static let half = 23.5
    private static let fourThirds = 17.3
    private static let oneInch = 13.2

    /// The longest prefix wins, so that a family can have exceptions.
    private static let families: [Family] = [
        Family(make: "apple", prefix: "iphone 4", width: 4.54), Family(make: "apple", prefix: "iphone 5", width: 4.54),
        Family(make: "apple", prefix: "iphone 5s", width: 4.89), Family(make: "apple", prefix: "iphone 6", width: 4.8),
        Family(make: "apple", prefix: "iphone 7", width: 4.8), Family(make: "apple", prefix: "iphone 8", width: 4.8),
        Family(make: "apple", prefix: "iphone x", width: 5.6), Family(make: "apple", prefix: "iphone 11", width: 5.6),
        Family(make: "apple", prefix: "iphone 12", width: 5.6),
        Family(make: "samsung", prefix: "sm-g9", width: 5.76), Family(make: "samsung", prefix: "sm-a", width: 6.4),
        Family(make: "google", prefix: "pixel", width: 5.64), Family(make: "huawei", prefix: "", width: 6.4),
        Family(make: "canon", prefix: "canon eos", width: canonHalf),
        Family(make: "canon", prefix: "canon eos 5d", width: fullFrame),
        Family(make: "canon", prefix: "canon eos 6d", width: fullFrame),
        Family(make: "canon", prefix: "canon eos-1d x", width: fullFrame),
        Family(make: "canon", prefix: "canon eos-1ds", width: fullFrame),
        Family(make: "canon", prefix: "canon eos r", width: fullFrame),
        Family(make: "canon", prefix: "canon eos r7", width: canonHalf),
        Family(make: "canon", prefix: "canon eos r10", width: canonHalf),
        Family(make: "canon", prefix: "canon eos r50", width: canonHalf),
        Family(make: "canon", prefix: "canon eos r100", width: canonHalf),
        Family(make: "canon", prefix: "canon powershot g7 x", width: oneInch),
        Family(make: "canon", prefix: "canon powershot g9 x", width: oneInch),
        Family(make: "nikon", prefix: "nikon d", width: half),
        Family(make: "nikon", prefix: "nikon d6", width: fullFrame),
        Family(make: "nikon", prefix: "nikon d60", width: half),
        Family(make: "nikon", prefix: "nikon d7", width: half),
        Family(make: "nikon", prefix: "nikon d700", width: fullFrame),
        Family(make: "nikon", prefix: "nikon d750", width: fullFrame),
        Family(make: "nikon", prefix: "nikon d780", width: fullFrame),
        Family(make: "nikon", prefix: "nikon d7000", width: half),
        Family(make: "nikon", prefix: "nikon d8", width: fullFrame),
        Family(make: "nikon", prefix: "nikon d80", width: half),
        Family(make: "nikon", prefix: "nikon d800", width: fullFrame),
        Family(make: "nikon", prefix: "nikon d810", width: fullFrame),
        Family(make: "nikon", prefix: "nikon z", width: fullFrame),
        Family(make: "nikon", prefix: "nikon z 50", width: half),
        Family(make: "nikon", prefix: "nikon z 30", width: half),
        Family(make: "nikon", prefix: "nikon z fc", width: half),
        Family(make: "sony", prefix: "ilce-", width: half), Family(make: "sony", prefix: "ilce-7", width: fullFrame),
        Family(make: "sony", prefix: "ilce-9", width: fullFrame),
        Family(make: "sony", prefix: "ilce-1", width: fullFrame),
        Family(make: "sony", prefix: "dsc-rx1", width: fullFrame),
        Family(make: "sony", prefix: "dsc-rx10", width: oneInch),
        Family(make: "sony", prefix: "dsc-rx100", width: oneInch), Family(make: "sony", prefix: "nex-", width: half),
        Family(make: "fujifilm", prefix: "x-", width: half), Family(make: "fujifilm", prefix: "x10", width: half),
        Family(make: "fujifilm", prefix: "gfx", width: 43.8),
        Family(make: "pentax", prefix: "pentax k", width: half),
        Family(make: "pentax", prefix: "pentax k-1", width: fullFrame),
        Family(make: "pentax", prefix: "pentax k-10d", width: half),
        Family(make: "olympus", prefix: "e-", width: fourThirds),
        Family(make: "om digital", prefix: "om-", width: fourThirds),
        Family(make: "panasonic", prefix: "dmc-g", width: fourThirds),
        Family(make: "panasonic", prefix: "dc-g", width: fourThirds),
        Family(make: "panasonic", prefix: "dc-s", width: fullFrame),
        Family(make: "leica", prefix: "leica q", width: fullFrame),
        Family(make: "leica", prefix: "leica m", width: fullFrame),
        Family(make: "dji", prefix: "fc3170", width: 6.4), Family(make: "dji", prefix: "fc6310", width: oneInch),
    ]

    /// The width of a camera's sensor; nil for a camera that is not listed.
    static func millimetres(make: String?, model: String?) -> Double? {
        guard let make = make?.lowercased(), let model = model?.lowercased() else { return nil }
        let fitting = families.filter { make.contains($0.make) && model.hasPrefix($0.prefix) }
        return fitting.max { $0.prefix.count < $1.prefix.count }?.width
    }
}
