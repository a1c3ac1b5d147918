internal import Foundation

/// Names for the folders of a listing, made from what the caller called the photos.
enum SlotNames {
    /// `01-front` for the first photo of `IMG 3 front.jpg`-like names: an index, then the stem in safe characters.
    static func folder(index: Int, fileName: String) -> String {
        let stem = safe((fileName as NSString).deletingPathExtension)
        let number = String(format: "%02d", index)
        let words = stem.drop { $0.isNumber || $0 == "-" }
        if words.isEmpty { return stem.isEmpty || stem == number ? number : "\(number)-\(stem)" }
        return Int(stem.prefix { $0.isNumber }) == index ? "\(number)-\(words)" : "\(number)-\(stem)"
    }

    /// Letters and digits of ASCII, joined by single dashes, at most 40 characters; umlauts are written out.
    static func safe(_ text: String) -> String {
        let spelled = text.lowercased().replacing("ä", with: "ae").replacing("ö", with: "oe")
            .replacing("ü", with: "ue").replacing("ß", with: "ss")
        let plain = spelled.folding(options: .diacriticInsensitive, locale: Locale(identifier: "en"))
        let parts = plain.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let joined = parts.joined(separator: "-").prefix(40)
        return joined.hasSuffix("-") ? String(joined.dropLast()) : String(joined)
    }
}
