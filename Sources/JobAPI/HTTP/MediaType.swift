/// What a blob's own first bytes say it is. Nothing that a browser runs is on the list, so an upload can't act on this origin.
enum MediaType {
    static let unknown = "application/octet-stream"
    /// Bytes that `of` wants to see.
    static let prefix = 16

    static func of(_ bytes: [UInt8]) -> String {
        func at(_ offset: Int, _ text: StaticString) -> Bool {
            bytes.dropFirst(offset).starts(
                with: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "image/png" }
        if at(0, "RIFF"), at(8, "WEBP") { return "image/webp" }
        if bytes.starts(with: [0x49, 0x49, 0x2A, 0x00]) || bytes.starts(with: [0x4D, 0x4D, 0x00, 0x2A]) {
            return "image/tiff"
        }
        if at(0, "glTF") { return "model/gltf-binary" }
        if at(0, "%PDF-") { return "application/pdf" }
        if bytes.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) { return "video/webm" }
        guard at(4, "ftyp") else { return unknown }
        if at(8, "avif") || at(8, "avis") { return "image/avif" }
        if at(8, "heic") || at(8, "heix") || at(8, "mif1") { return "image/heic" }
        return at(8, "isom") || at(8, "iso2") || at(8, "mp41") || at(8, "mp42") || at(8, "avc1") ? "video/mp4" : unknown
    }
}
