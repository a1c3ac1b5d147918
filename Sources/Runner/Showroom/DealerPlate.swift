internal import Imaging
internal import Pipeline
internal import Stages
internal import Storage

/// What hangs in the plates' place: a picture that came along, a stored one that the options name, or a name.
struct DealerPlate {
    /// Where its picture comes along with photos.
    static let slots: Set<String> = [PlatesStage.logoSlot]

    /// nil where the plate is written, or there is none.
    let picture: JobInput?

    /// A picture that came along goes before the one of the options, as a request goes before its recipe. Keeping plates is no
    /// quarrel with a recipe that has a dealer's plate.
    ///
    /// - Throws: `invalidOptions` where two are asked for or none, and where the treatment hangs none.
    init(_ options: ShowroomOptions, came companions: [JobInput]) throws(Failure) {
        let came = companions.first { $0.slot == PlatesStage.logoSlot }
        guard options.plates == PlateTreatment.logo.rawValue else {
            let isAsked = options.plates != ShowroomOptions.keptPlates && options.hasDealerPlate
            guard came == nil, !isAsked else {
                throw Self.refusal(
                    "There is a dealer's plate, and plates=\(options.plates) does not hang it.",
                    hint: "Set plates=logo, or leave the dealer's plate out.")
            }
            picture = nil
            return
        }
        if let came { picture = came } else { picture = try Self.stored(options.plateLogo) }
        if picture != nil, !options.plateName.isEmpty {
            throw Self.refusal("There is a picture for the plates' place, and plateName asks for another.")
        }
        if picture == nil, options.plateName.isEmpty {
            throw Self.refusal("There is nothing to hang in the plates' place.")
        }
    }

    private static func stored(_ sha256: String) throws(Failure) -> JobInput? {
        if sha256.isEmpty { return nil }
        guard SHA256Hasher.isName(sha256) else {
            throw refusal("plateLogo must be 64 lower-case hexadecimal digits.", hint: "Name a stored blob.")
        }
        return JobInput(
            slot: PlatesStage.logoSlot, name: PlatesStage.logoSlot, source: .blob(sha256: sha256))
    }

    private static func refusal(_ what: String, hint: String? = nil) -> Failure {
        Failure(
            .invalidOptions, what,
            hint: hint
                ?? "Give one of: plateName, plateLogo, or a picture as the input logo (--plate-logo FILE on the command line).",
            slot: PlatesStage.logoSlot)
    }
}

extension ShowroomOptions {
    fileprivate var hasDealerPlate: Bool { !plateName.isEmpty || !plateLogo.isEmpty }
}
