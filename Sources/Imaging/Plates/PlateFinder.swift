public import Pipeline

/// Finds the number plates of vehicles in photos: a network of plates and lines of text propose, reading decides.
public struct PlateFinder: Sendable {
    /// Where a candidate is, and what speaks for it.
    package typealias Look = (quad: PlateQuad, evidence: PlateEvidence)

    private let networks: PlateNetworks
    /// Quads of which so much lies over another one may have read its letters.
    private static let shared = 0.1

    public init(networks: PlateNetworks) { self.networks = networks }

    /// What plates a photo shows, and where it may show others.
    ///
    /// - Parameters:
    ///   - photo: upright; 3 channels, or any other, alpha being flattened over white.
    ///   - reads: the plates' text is wanted too.
    /// - Throws: `cancelled`, `memoryExceeded`.
    public func findings(
        on photo: Bitmap, reads: Bool = false, cancel: CancelFlag? = nil
    ) throws(Failure) -> PlateFindings {
        let picture = photo.channels == 3 ? photo : try photo.converted(channels: 3)
        let survey = try PlateSurvey(picture, networks, cancel)
        var looked: [Look] = []
        for candidate in survey.candidates {
            looked.append(try look(at: candidate, of: picture, survey.vehicles, cancel))
        }
        var (plates, suspects) = ([FoundPlate](), [SuspectRegion]())
        for (look, judgement) in Self.judged(looked) {
            switch judgement {
            case .plate(let chance):
                plates.append(FoundPlate(look, at: try look.quad.refined(in: picture), chance: chance, reads: reads))
            case .suspect(let reason, let chance):
                suspects.append(SuspectRegion(quad: look.quad, reason: reason, confidence: chance))
            case .none: continue
            }
        }
        if let bare = survey.vehicles.bare(plates: plates, suspects: suspects, in: picture) { suspects.append(bare) }
        // What lies on a plate that is found is no other one.
        suspects.removeAll { suspect in
            plates.contains {
                $0.quad.grown(left: 0.3, right: 0.3, up: 0.6).holds(suspect.quad.centre)
                    || suspect.quad.holds($0.quad.centre)
            }
        }
        return PlateFindings(
            plates: plates.sorted { $0.confidence > $1.confidence },
            suspects: suspects.sorted { $0.confidence > $1.confidence })
    }

    /// All that is judged on a photo and what speaks for it, for who fits or checks the judgement.
    package func evidence(on photo: Bitmap) throws(Failure) -> [Look] {
        let picture = photo.channels == 3 ? photo : try photo.converted(channels: 3)
        let survey = try PlateSurvey(picture, networks, nil)
        var all: [Look] = []
        for candidate in survey.candidates { all.append(try look(at: candidate, of: picture, survey.vehicles, nil)) }
        return all
    }

    /// Every candidate judged, the surest first. What is read where two lie over each other is the surer one's, and speaks
    /// for no other: a quad above a plate that reaches down to its letters is none.
    static func judged(_ looked: [Look]) -> [(look: Look, judgement: PlateJudgement)] {
        var plates: [PlateQuad] = []
        let order = looked.map { ($0, PlateJudgement.odds($0.evidence)) }.sorted { $0.1 > $1.1 }.map(\.0)
        return order.map { look in
            var look = look
            if plates.contains(where: { $0.share(of: look.quad) > shared || look.quad.share(of: $0) > shared }) {
                look.evidence.text = PlateText([])
            }
            let judgement = PlateJudgement(look.evidence)
            if case .plate = judgement { plates.append(look.quad) }
            return (look, judgement)
        }
    }

    private func look(
        at candidate: PlateSurvey.Candidate, of picture: Bitmap, _ vehicles: Vehicles, _ cancel: CancelFlag?
    ) throws(Failure) -> Look {
        let (quad, reader) = (candidate.quad, LineReader(network: networks.reading))
        let (least, most) = quad.bounds
        var evidence = PlateEvidence()
        evidence.isCut =
            least.x < 1 || least.y < 1 || most.x > Double(picture.width) - 2
            || most.y > Double(picture.height) - 2
        var texts: [PlateText] = []
        for line in candidate.lines.prefix(3) {
            let said = try reader.characters(at: line.quad, of: picture, cancel: cancel)
            texts.append(PlateText(said, isCut: evidence.isCut))
        }
        if let quad = candidate.sighting?.quad, texts.allSatisfy({ $0.strength < .strong }) {
            let whole = quad.grown(left: 0.05, right: 0.05, up: 0.02)
            let said = try reader.characters(at: whole, of: picture, cancel: cancel)
            texts.append(PlateText(said, isCut: evidence.isCut))
        }
        evidence.surface = candidate.sighting?.surface ?? 0
        evidence.middle = candidate.sighting?.middle ?? 0
        evidence.text = texts.max { ($0.strength, $0.mean) < ($1.strength, $1.mean) } ?? PlateText([])
        evidence.likeness = vehicles.likeness(around: quad)
        (evidence.height, evidence.aspect) = (quad.height, quad.aspect)
        return (quad, evidence)
    }
}

extension FoundPlate {
    fileprivate init(_ look: PlateFinder.Look, at quad: PlateQuad, chance: Double, reads: Bool) {
        let text = look.evidence.text
        self.init(
            quad: quad, confidence: chance,
            country: text.strength == .strong ? PlateFormat.country(of: text.text, aspect: quad.aspect) : nil,
            reading: reads && text.strength > .blank
                ? PlateReading(text: text.text, confidence: text.least) : nil)
    }
}
