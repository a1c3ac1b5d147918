internal import Foundation
internal import JobAPI
internal import Pipeline
internal import Storage

/// The key that `rundum up` prints: made once, kept in the home folder for the owner's eyes only.
enum DevelopmentKey {
    static func load(home: URL) throws(Failure) -> String {
        let file = home.appending(path: "development-key")
        if let bytes = FileManager.default.contents(atPath: file.path) {
            let key = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            if !key.isEmpty { return key }
        }
        var generator = SystemRandomNumberGenerator()
        let key =
            "rd_"
            + (0..<32).map { _ in String(format: "%02x", UInt8.random(in: .min ... .max, using: &generator)) }.joined()
        let made = FileManager.default.createFile(
            atPath: file.path, contents: Data((key + "\n").utf8), attributes: [.posixPermissions: 0o600])
        guard made else {
            throw Failure(.storageUnavailable, "The development key can't be kept.", hint: "Check the data folder.")
        }
        return key
    }
}
