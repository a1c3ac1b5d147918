/// The grade of a spin of real frames, and why: ruling 7 asks for a reason, never just an error.
struct SpinGrade: Sendable, Equatable {
    let letter: String
    let reason: String
    let lost: [String]

    /// - Parameter azimuths: degrees, ascending.
    init(azimuths: [Double], cropped: Int, skipped: Int) {
        let count = azimuths.count
        let gaps = azimuths.indices.map { i in
            (i + 1 < count ? azimuths[i + 1] : (azimuths.first ?? 0) + 360) - azimuths[i]
        }
        let widest = Int((gaps.max() ?? 360).rounded())
        let letters = ["A", "B", "C", "D"]
        var rank = widest <= 15 ? 0 : widest <= 30 ? 1 : widest <= 45 ? 2 : 3
        var reasons = [
            count == 1
                ? "One photograph on a studio background; nothing turns."
                : "\(count) photographs as they are, steps of up to \(widest) degrees, no view between them."
        ]
        var lost: [String] = []
        if count == 1 {
            lost.append("With one photo there is no turn: the other sides of the car are not shown.")
        } else if count < 8 {
            lost.append(
                "\(count) of 8 views: the car jumps by up to \(widest) degrees, and what lies between is not shown.")
        } else if widest > 45 {
            lost.append("A gap of \(widest) degrees: the car jumps there.")
        }
        if skipped > 0 {
            let (photos, were) = skipped == 1 ? ("photo", "was") : ("photos", "were")
            lost.append("\(skipped) \(photos) without a car \(were) left out.")
        }
        if cropped > 0 {
            let (photos, show) = cropped == 1 ? ("photo", "shows") : ("photos", "show")
            reasons.append("\(cropped) \(photos) \(show) the car cut off.")
            lost.append("Parts of the car outside the picture are missing in \(cropped) \(photos).")
            rank = max(rank, min(3, rank + (cropped * 4 >= count ? 1 : 0)))
        }
        (letter, reason, self.lost) = (letters[rank], reasons.joined(separator: " "), lost)
    }
}
