internal import Imaging
internal import Pipeline

/// What is done about the plates of one photo: decided by findings and options alone.
struct PlatesPlan {
    /// What is covered: every plate, and suspects where a person said so.
    let covers: [PlateCover]
    /// What covers each plate, in the order of the findings.
    let treatments: [PlateTreatment]
    /// Suspects that nobody has decided about; the photo waits while there are any.
    let open: [SuspectRegion]
    /// Names the suspects; nil without any.
    let mark: ReviewMark?
    /// What a person decided about them.
    let decision: Decision?

    enum Decision: String, Codable { case approved, covered }

    init(_ findings: PlateFindings, _ options: PlatesOptions, sha256: String) {
        let mark = findings.suspects.isEmpty ? nil : ReviewMark(of: findings, sha256: sha256)
        self.mark = mark
        decision =
            switch mark?.description {
            case nil: nil
            case options.approve: .approved
            case options.cover: .covered
            default: nil
            }
        open = decision == nil ? findings.suspects : []
        let own = findings.plates.map(\.quad).filter { !$0.isMirrored }.max { abs($0.area) < abs($1.area) }
        func treatment(_ quad: PlateQuad) -> PlateTreatment {
            // A reflection shows a plate in a mirror or a puddle: nothing hangs there.
            quad.isMirrored || (options.others == .blur && quad != own) ? .blur : options.treatment
        }
        treatments = findings.plates.map { treatment($0.quad) }
        var covered = findings.plates.map(\.quad)
        if decision == .covered {
            // A vehicle on which none was found has no place to cover.
            covered += findings.suspects.filter { $0.reason != .vehicleWithoutPlate }.map(\.quad)
        }
        covers = covered.map { PlateCover($0, with: treatment($0), colour: options.solidColour) }
    }
}
