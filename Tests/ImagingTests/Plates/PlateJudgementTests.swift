import Testing

@testable import Imaging

@Suite struct PlateJudgementTests {
    private static func text(_ line: String, sure: Double = 0.98, isCut: Bool = false) -> PlateText {
        PlateText(
            line.map { sign in
                let kind: LineReader.Character.Kind =
                    sign.isNumber ? .digit : sign.isUppercase ? .capital : sign.isLowercase ? .small : .separator
                return LineReader.Character(
                    kind: kind, letter: kind == .separator ? nil : Character(sign.uppercased()), confidence: sure)
            }, isCut: isCut)
    }

    @Test(arguments: ["RU-ND 820", "RK-755AJ", "AB 0680 EA", "SL7 C6S", "JRV 1942", "W 053011 A", "HH 061365"])
    func `plates look like plates`(line: String) { #expect(Self.text(line).strength == .strong) }

    @Test(arguments: ["320d", "quattro", "Tel 0711 123456789", "www.car.com", "4MOTION plus", "A", "AUTOMOBILE"])
    func `badges, signs and telephone numbers do not`(line: String) { #expect(Self.text(line).strength < .weak) }

    @Test(arguments: ["HTTPME", "MOLI", "PLUG OK", "TDI", "SCANIA", "CAFE"])
    func `letters alone are a name or a word`(line: String) { #expect(Self.text(line).strength == .letters) }

    @Test(arguments: ["11:08:05", "V6", "4X4", "10100", "XC90"]) func `times and short badges hardly`(line: String) {
        #expect(Self.text(line).strength < .strong)
    }

    @Test func `a few characters are a plate's where the border cuts it`() {
        #expect(Self.text("675", isCut: true).strength == .weak && Self.text("675").strength == .against)
    }

    @Test func `spaces stand where groups part`() {
        #expect(Self.text("RU·ND--820 ").text == "RU ND 820")
        #expect(PlateText([]).strength == .blank && PlateText([]).text.isEmpty)
    }

    @Test(arguments: [
        ("M AB 1234", "DE"), ("RU ND 820", "DE"), ("B XY12E", "DE"), ("1234BCD", "ES"), ("AT6883CM", "UA"),
        ("YK12RVV", "GB"), ("AAA1A23", "BR"),
    ]) func `forms tell countries`(line: (String, String)) {
        #expect(PlateFormat.country(of: line.0, aspect: 4.6) == line.1)
        #expect(PlateFormat.country(of: line.0, aspect: 2) == nil)
    }

    @Test(arguments: ["M AB 023", "XXXXX", ""]) func `others do not`(line: String) {
        #expect(PlateFormat.country(of: line, aspect: 4.6) == nil)
    }

    private static func judged(
        _ middle: Double = 0, _ line: String = "", likeness: Double = 1, height: Double = 40, aspect: Double = 4.5,
        isCut: Bool = false
    ) -> PlateJudgement {
        var evidence = PlateEvidence()
        (evidence.surface, evidence.middle) = (middle > 0 ? 0.98 : 0, middle)
        (evidence.text, evidence.likeness) = (text(line), likeness)
        (evidence.height, evidence.aspect, evidence.isCut) = (height, aspect, isCut)
        return PlateJudgement(evidence)
    }

    private static func isPlate(_ judgement: PlateJudgement) -> Bool {
        if case .plate = judgement { true } else { false }
    }

    private static func reason(_ judgement: PlateJudgement) -> SuspectRegion.Reason? {
        if case .suspect(let reason, _) = judgement { reason } else { nil }
    }

    @Test func `what the network sees on a vehicle and what is read make a plate`() {
        #expect(Self.isPlate(Self.judged(0.6, "RK-755AJ")))
        #expect(Self.isPlate(Self.judged(0.95)))
        #expect(!Self.isPlate(Self.judged(0.4, "quattro")))
        #expect(!Self.isPlate(Self.judged(0, "RK-755AJ")))
        #expect(Self.judged(0, "RK-755AJ", likeness: 0) == .none)
        #expect(Self.judged(0.1) == .none)
    }

    @Test(arguments: ["HTTPME", "MOLI", "PLUG OK"], [2.0, 4.4])
    func `a name in a number's place is a plate on a vehicle where the network is sure`(name: String, aspect: Double) {
        #expect(Self.isPlate(Self.judged(0.7, name, height: 30, aspect: aspect)))
        #expect(
            !Self.isPlate(Self.judged(0.7, name, likeness: 0.3, height: 30, aspect: aspect)), "on a wall it is a sign")
    }

    @Test(arguments: ["SCANIA", "CAFE", "RANGER", "POLIZEI", "SAAB"])
    func `words on cars and shops are none`(word: String) {
        #expect(Self.judged(0.3, word) == .none)
        #expect(!Self.isPlate(Self.judged(0.45, word)))
        #expect(!Self.isPlate(Self.judged(0.6, word, likeness: 0)))
    }

    @Test func `what is in doubt is for a person`() {
        #expect(Self.reason(Self.judged(0.6)) == .unreadable)
        #expect(Self.reason(Self.judged(0.7, height: 12)) == .uncertain)
        #expect(Self.reason(Self.judged(0.55, isCut: true)) == .cutAtBorder)
    }

    @Test func `no plate is a strip or a tower`() {
        #expect(Self.judged(0.95, "RK-755AJ", aspect: 12) == .none)
        #expect(Self.judged(0.95, "RK-755AJ", aspect: 0.4) == .none)
    }
}
