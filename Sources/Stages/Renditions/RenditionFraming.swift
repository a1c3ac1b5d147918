internal import Imaging

/// How a picture goes into a frame: which window of it, at what size, where. Pure arithmetic.
struct RenditionFraming: Sendable, Equatable {
    /// What is taken of the source.
    let window: PixelBox
    /// Where it lies in the frame; equal to the frame for `cover`.
    let place: PixelBox
    let fit: RenditionProfile.Fit

    /// The source has fewer pixels than the frame asks for.
    var upscaled: Bool { window.width < place.width || window.height < place.height }

    /// - Parameters:
    ///   - subject: what must not be cut. `cover` centres on it, and becomes `contain` where the window is too small
    ///     for an object that the whole picture shows.
    init(width: Int, height: Int, into frame: (width: Int, height: Int), fit: RenditionProfile.Fit, subject: PixelBox?)
    {
        let whole = PixelBox(x: 0, y: 0, width: width, height: height)
        if fit == .cover {
            let window = Self.cover(width, height, frame, around: subject ?? whole)
            if subject.map({ window.holds($0) }) ?? true {
                self.window = window
                place = PixelBox(x: 0, y: 0, width: frame.width, height: frame.height)
                self.fit = .cover
                return
            }
        }
        window = whole
        place = Self.contain(width, height, frame)
        self.fit = .contain
    }

    /// The largest window of the frame's shape, its middle as near as can be to the subject's.
    private static func cover(
        _ width: Int, _ height: Int, _ frame: (width: Int, height: Int), around subject: PixelBox
    ) -> PixelBox {
        var (w, h) = (width, height)
        if width * frame.height >= height * frame.width {
            w = max(1, rounded(height * frame.width, by: frame.height))
        } else {
            h = max(1, rounded(width * frame.height, by: frame.width))
        }
        let x = (2 * subject.x + subject.width - w) / 2
        let y = (2 * subject.y + subject.height - h) / 2
        return PixelBox(x: min(max(x, 0), width - w), y: min(max(y, 0), height - h), width: w, height: h)
    }

    private static func contain(_ width: Int, _ height: Int, _ frame: (width: Int, height: Int)) -> PixelBox {
        var (w, h) = (frame.width, frame.height)
        if width * frame.height >= height * frame.width {
            h = max(1, rounded(height * frame.width, by: width))
        } else {
            w = max(1, rounded(width * frame.height, by: height))
        }
        return PixelBox(x: (frame.width - w) / 2, y: (frame.height - h) / 2, width: w, height: h)
    }

    private static func rounded(_ value: Int, by divisor: Int) -> Int { (2 * value + divisor) / (2 * divisor) }
}

extension PixelBox {
    /// Every pixel of `other` lies in this box.
    fileprivate func holds(_ other: PixelBox) -> Bool {
        other.x >= x && other.y >= y && other.x + other.width <= x + width && other.y + other.height <= y + height
    }
}
