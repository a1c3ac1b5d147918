internal import Foundation
internal import Imaging
internal import Pipeline

/// One page that shows a spin without a network: styles, program and pictures inside.
struct ViewerPage {
    let spin: SpinOutput
    let startAzimuth: Double
    let isDark: Bool
    /// WebP bytes, in order.
    let frames: [Data]
    let frameSize: CanvasSize
    /// The small preview that shows before the frames are decoded.
    let sprite: Data?

    /// What the page's program reads.
    private struct Facts: Encodable {
        struct Frame: Encodable {
            let azimuth: Double
            let view: String?
        }
        let frames: [Frame]
        let width, height, start: Int
        let direction: String
        let sprite: SpinOutput.Sprite?
    }

    func html() throws(Failure) -> Data {
        var page = Data()
        var rest = Self.template[...]
        while let open = rest.range(of: "{{"), let close = rest[open.upperBound...].range(of: "}}") {
            page.append(contentsOf: rest[..<open.lowerBound].utf8)
            try append(String(rest[open.upperBound..<close.lowerBound]), to: &page)
            rest = rest[close.upperBound...]
        }
        page.append(contentsOf: rest.utf8)
        return page
    }

    private func append(_ part: String, to page: inout Data) throws(Failure) {
        switch part {
        case "theme": page.append(contentsOf: (isDark ? "dark" : "light").utf8)
        case "width": page.append(contentsOf: "\(frameSize.width)".utf8)
        case "height": page.append(contentsOf: "\(frameSize.height)".utf8)
        case "css": page.append(contentsOf: PackageResources.viewer_css)
        case "script": for script in Self.scripts { page.append(contentsOf: script) }
        case "spin": page.append(try facts())
        case "sprite": if let sprite { block("id=\"sprite\"", sprite, to: &page) }
        case "frames": for (index, frame) in frames.enumerated() { block("data-frame=\"\(index)\"", frame, to: &page) }
        default: throw Failure(.internalError, "The viewer's template names an unknown part.", detail: part)
        }
    }

    private func block(_ attribute: String, _ bytes: Data, to page: inout Data) {
        page.append(contentsOf: "<script type=\"text/plain\" \(attribute) data-type=\"image/webp\">".utf8)
        page.append(bytes.base64EncodedData())
        page.append(contentsOf: "</script>\n".utf8)
    }

    /// JSON in which no `<` can end the element that holds it.
    private func facts() throws(Failure) -> Data {
        let distance = { (azimuth: Double) -> Double in
            let gap = abs(azimuth - startAzimuth).truncatingRemainder(dividingBy: 360)
            return min(gap, 360 - gap)
        }
        let start = spin.frames.indices.min { distance(spin.frames[$0].azimuth) < distance(spin.frames[$1].azimuth) }
        let json = try JSON.encode(
            Facts(
                frames: spin.frames.map { Facts.Frame(azimuth: $0.azimuth, view: $0.view) }, width: frameSize.width,
                height: frameSize.height, start: start ?? 0, direction: spin.direction,
                sprite: sprite == nil ? nil : spin.sprite))
        return Data(String(decoding: json, as: UTF8.self).replacing("<", with: "\\u003c").utf8)
    }

    private static let template = String(decoding: PackageResources.viewer_html, as: UTF8.self)
    private static var scripts: [[UInt8]] {
        [
            PackageResources.words_js, PackageResources.frames_js, PackageResources.view_js, PackageResources.turn_js,
            PackageResources.input_js, PackageResources.start_js,
        ]
    }
}
