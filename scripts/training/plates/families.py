"""Number plates as flat pictures, RGB 0...255 as floats, by families of the world: their sizes, colours, borders and numbers."""
import cv2
import numpy as np

from lettering import ASIAN, PLATE, SIGN, glyphs, pick, spread, write

SCALE = 1.1  # Pixels a millimetre.
LETTERS, DIGITS = "ABCDEFGHJKLMNPRSTUVWXYZ", "0123456789"
WORDS = ("Autohaus Auto Center Motors Cars GmbH Kuga Golf Polo 208 Corsa Astra Octavia CLIO TUCSON i20 Sandero SALE NEW HYBRID "
         "electric TESTDRIVE Gebrauchtwagen Automobile Schmidt Keller Weber PREMIUM selection www.autos.de car24.com "
         "Junge Sterne Das WeltAuto OCCASION usados VENDO DEMO LOVE MOM GARAGE TAXI SPORT BOSS").split()
STATES = ("California TEXAS FLORIDA New York OHIO Illinois Georgia Arizona Colorado Virginia Kansas Oregon MISSOURI Utah Nevada "
          "Ontario Alberta MAINE Iowa Alaska Hawaii Maryland Tennessee").split()
SLOGANS = ("Sunshine State|The Golden State|Empire State|dmv.ca.gov|Great Lakes|Live Free or Die|LAND OF LINCOLN|GARDEN STATE|"
           "Show-Me State|In God We Trust|Yours to Discover|First in Flight").split("|")
BLACK, WHITE = (18, 18, 20), (240, 240, 236)


def several(dice, alphabet, count):
    return "".join(alphabet[int(dice.integers(len(alphabet)))] for _ in range(count))


def any_colour(dice, low=0, high=256):
    return dice.uniform(low, high, 3).astype(np.float32)


def numbered(dice, form):
    """A number of a form: A for a letter, 0 for a digit, others as they stand."""
    return "".join(several(dice, LETTERS, 1) if c == "A" else several(dice, DIGITS, 1) if c == "0" else c for c in form)


def sheet(wide, tall, colour):
    return np.full((int(tall * SCALE), int(wide * SCALE), 3), np.float32(colour), np.float32)


def scaled(*millimetres):
    return tuple(value * SCALE for value in millimetres)


def border(plate, dice, colour, thick=None):
    """A line along the edge, as embossed plates have."""
    tall, wide = plate.shape[:2]
    inset, thick = int(dice.uniform(0, 4)), max(1, int(SCALE * (thick or dice.uniform(1.5, 5))))
    cv2.rectangle(plate, (inset, inset), (wide - 1 - inset, tall - 1 - inset), tuple(map(float, colour)), thick, cv2.LINE_AA)


def embossed(plate, mask, dice):
    """Light along one side of the letters, dark along the other."""
    if mask is None:
        return
    far = int(dice.integers(1, 3))
    rise = (np.roll(mask, (far, far), (0, 1)) - np.roll(mask, (-far, -far), (0, 1)))[..., None]
    plate += rise * np.float32(dice.uniform(-60, 60))


def number(plate, dice, text, box, colour, font=None):
    """The number itself; sometimes some of it redacted."""
    ink = spread(text, font or pick(dice, PLATE), dice.uniform(.03, .25))
    mask = write(plate, ink, box, colour, dice.uniform(.8, 1), dice.choice([0, 1, 1]))
    if dice.uniform() < .5:
        embossed(plate, mask, dice)
    if dice.uniform() < .04:
        left = int(box[0] + dice.uniform(0, .7) * box[2])
        plate[int(box[1]):int(box[1] + box[3]), left:left + int(box[2] * dice.uniform(.1, .5))] = any_colour(dice)


def band(plate, dice, wide, right=False):
    """The blue band with its ring of stars and the country's letters."""
    tall = plate.shape[0]
    wide = int(wide * SCALE)
    part = plate[:, -wide:] if right else plate[:, :wide]
    part[:] = (dice.uniform(0, 60), dice.uniform(30, 100), dice.uniform(130, 220))
    middle, radius = (wide / 2, tall * dice.uniform(.25, .35)), min(.33 * wide, .2 * tall)
    if not right and dice.uniform() < .85:
        for k in range(12):
            spot = (int(middle[0] + radius * np.sin(k * np.pi / 6)), int(middle[1] - radius * np.cos(k * np.pi / 6)))
            cv2.circle(part, spot, max(1, int(.055 * tall * .5)), (235., 205., 40.), -1, cv2.LINE_AA)
    country = str(dice.choice("D D D F E I A B PL CZ NL DK S FIN L P GR SK RO UA GB BG H".split()))
    write(part, glyphs(country, pick(dice, PLATE)), (.2 * wide, tall * .62, .6 * wide, tall * .24), WHITE, 1, 1)
    return wide


def seals(plate, dice, x, tall):
    """The two discs of a German plate; worn or new."""
    for y, size in ((.3, .13), (.72, .17)):
        spot, radius = (int(x), int(tall * y)), int(tall * size)
        cv2.circle(plate, spot, radius, tuple(map(float, any_colour(dice, 80, 240))), -1, cv2.LINE_AA)
        cv2.circle(plate, spot, max(1, radius // 2), tuple(map(float, any_colour(dice))), -1, cv2.LINE_AA)


def german(dice):
    """One line: town, seals, letters and digits; red dealers' numbers, green ones, seasons, H and E."""
    wide = dice.choice([520, 520, 520, 460, 400, 340])
    plate = sheet(wide, 110, np.float32(WHITE) + dice.normal() * 8)
    tall, width = plate.shape[:2]
    red = dice.uniform() < .15
    ink = (190, 25, 30) if red else (20, 110, 60) if dice.uniform() < .08 else BLACK
    left = band(plate, dice, dice.uniform(36, 46)) if dice.uniform() < .93 else int(.02 * width)
    font, town = pick(dice, PLATE), several(dice, LETTERS, int(dice.integers(1, 4)))
    rest = several(dice, LETTERS, int(dice.integers(1, 3))) + " " + several(dice, DIGITS, int(dice.integers(1, 5)))
    rest = ("06" if dice.uniform() < .5 else "07") + several(dice, DIGITS, 3) if red else rest + str(
        dice.choice(["", "", "", "H", "E"]))
    right = width * (.9 if dice.uniform() < .12 else .975)
    high, top = tall * dice.uniform(.6, .74), tall * .15
    gap = .75 * tall * .4
    room = right - left - gap - .06 * width
    share = len(town) / (len(town) + len(rest))
    number(plate, dice, town, (left + .02 * width, top, room * share, high), ink, font)
    seals(plate, dice, left + .03 * width + room * share + gap / 2, tall)
    number(plate, dice, rest, (left + .04 * width + room * share + gap, top, room * (1 - share), high), ink, font)
    if right < .95 * width:
        for y in (.2, .55):
            write(plate, glyphs(several(dice, "01", 1) + several(dice, DIGITS, 1), font),
                  (right, tall * y, .07 * width, tall * .25), ink)
    border(plate, dice, ink)
    return plate


FORMS = ("AA-000-AA", "AA 000 AA", "0000 AAA", "AA 00000", "AAA 000", "AAA-000", "0 AA 0000", "00-AA-00", "AA 0000 AA",
         "AAA 0000", "A 000 AA", "0-AAA-000", "AA000AA", "AA-00-00", "000 AAA", "00-AAA-0", "AAA·000", "A000AA 00", "AA 00 AAA",
         "AA00 AAA", "0000·AA·00")
GROUNDS = (WHITE, WHITE, WHITE, WHITE, (240, 200, 40), (235, 215, 90), (225, 225, 205), (205, 208, 212))


def european(dice):
    """One line with or without bands, white or yellow."""
    plate = sheet(520, dice.choice([110, 110, 112, 120, 100]), GROUNDS[int(dice.integers(len(GROUNDS)))])
    tall, width = plate.shape[:2]
    left = band(plate, dice, dice.uniform(30, 48)) if dice.uniform() < .7 else .02 * width
    right = band(plate, dice, 40, True) if dice.uniform() < .2 else .02 * width
    ink = BLACK if dice.uniform() < .8 else (190, 30, 30) if dice.uniform() < .4 else any_colour(dice, 0, 110)
    number(plate, dice, numbered(dice, FORMS[int(dice.integers(len(FORMS)))]),
           (left + .03 * width, tall * dice.uniform(.12, .22), width - left - right - .06 * width, tall * dice.uniform(.56, .74)),
           ink)
    if dice.uniform() < .6:
        border(plate, dice, ink)
    if dice.uniform() < .2:
        write(plate, glyphs(str(dice.choice(WORDS)), pick(dice, SIGN)), (.3 * width, .88 * tall, .4 * width, .09 * tall), ink, .8,
              1)
    return plate


def two_lines(dice):
    """Two lines: motor cycles, off-roaders, light trucks."""
    wide, tall = ((280, 200), (340, 200), (220, 200), (255, 130), (180, 200), (305, 205), (240, 200))[int(dice.integers(7))]
    ground = GROUNDS[int(dice.integers(len(GROUNDS)))] if dice.uniform() < .85 else BLACK
    plate = sheet(wide, tall, ground)
    ink = WHITE if ground is BLACK else (190, 25, 30) if dice.uniform() < .08 else BLACK
    rows, columns = plate.shape[:2]
    left = .03 * columns
    if dice.uniform() < .5:
        corner = plate[:rows // 2].copy()
        left = band(corner, dice, dice.uniform(32, 42))
        plate[:rows // 2] = corner
    font = pick(dice, PLATE)
    upper, lower = (("AA", "AA 000"), ("AAA", "0000"), ("AA 00", "A 0000"), ("A", "AA 0000"), ("00", "AA 00"),
                    ("0000", "AAA"))[int(dice.integers(6))]
    number(plate, dice, numbered(dice, upper), (left + .05 * columns, .09 * rows, columns * .92 - left, .36 * rows), ink, font)
    number(plate, dice, numbered(dice, lower), (.05 * columns, .54 * rows, columns * .9, .36 * rows), ink, font)
    if dice.uniform() < .3:
        seals(plate[:rows // 2], dice, columns * .8, rows // 2)
    border(plate, dice, ink)
    return plate


def american(dice):
    """300 x 150: any colours, pictures behind the letters, a state's name, a slogan, stickers, holes."""
    plate = sheet(*((305, 152) if dice.uniform() < .8 else (372, 134)),
                  any_colour(dice, 150, 256) if dice.uniform() < .6 else WHITE)
    tall, wide = plate.shape[:2]
    if dice.uniform() < .5:
        tint = any_colour(dice, 90, 256)
        plate += (tint - plate) * np.linspace(*dice.uniform(0, 1, 2), tall, dtype=np.float32)[:, None, None]
    if dice.uniform() < .35:
        field = cv2.resize(dice.normal(size=(4, 7, 3)).astype(np.float32), (wide, tall), interpolation=cv2.INTER_CUBIC)
        plate += field * np.float32(dice.uniform(10, 45))
    dark = plate.mean() < 110
    if dice.uniform() < .12:
        plate[:], dark = any_colour(dice, 0, 90), True
    ink = any_colour(dice, 180, 256) if dark else any_colour(dice, 0, 120) * dice.choice([.3, 1])
    accent = any_colour(dice, 0, 170)
    if dice.uniform() < .85:
        if dice.uniform() < .3:
            plate[:int(.24 * tall)] = any_colour(dice)
        write(plate, glyphs(str(dice.choice(STATES)), pick(dice, SIGN)), (.22 * wide, .05 * tall, .56 * wide, .16 * tall), accent,
              1, 1)
    if dice.uniform() < .6:
        write(plate, glyphs(SLOGANS[int(dice.integers(len(SLOGANS)))], pick(dice, SIGN)),
              (.2 * wide, .85 * tall, .6 * wide, .1 * tall), accent, 1, 1)
    form = ("AAA 0000", "0AAA000", "AAA-0000", "000 AAA", "A00 000", "AAA 000", "AAAAAA", "AAAA", "00000AA",
            "AA 00000")[int(dice.integers(10))]
    number(plate, dice, numbered(dice, form),
           (.07 * wide, dice.uniform(.24, .32) * tall, .86 * wide, dice.uniform(.44, .56) * tall), ink)
    for x in (.06, .86):
        if dice.uniform() < .4:
            plate[int(.04 * tall):int(.2 * tall), int(x * wide):int((x + .1) * wide)] = any_colour(dice)
    if dice.uniform() < .6:
        for x, y in ((.2, .07), (.8, .07), (.2, .93), (.8, .93)):
            cv2.circle(plate, (int(x * wide), int(y * tall)), 4, tuple(map(float, any_colour(dice, 20, 160))), -1, cv2.LINE_AA)
    return plate


def brazilian(dice):
    """400 x 130: grey with the town's strip, or Mercosur's with the blue bar; red for hire; two lines on motor cycles."""
    plate = sheet(400, 130, np.full(3, dice.uniform(165, 215)))
    tall, wide = plate.shape[:2]
    ink = BLACK
    if dice.uniform() < .45:
        plate[:] = WHITE
        plate[:int(.24 * tall)] = (20, 50, dice.uniform(120, 190))
        write(plate, glyphs(str(dice.choice(["BRASIL", "REPUBLICA ARGENTINA", "URUGUAY"])), pick(dice, PLATE)),
              (.25 * wide, .06 * tall, .5 * wide, .13 * tall), WHITE, 1, 1)
        form = str(dice.choice(["AAA0A00", "AA 000 AA"]))
    else:
        if dice.uniform() < .12:
            plate[:], ink = (170, 25, 30), WHITE
        write(plate, glyphs("AA - " + several(dice, LETTERS, int(dice.integers(5, 14))), pick(dice, PLATE)),
              (.15 * wide, .06 * tall, .7 * wide, .14 * tall), ink, .9, 1)
        form = "AAA-0000" if dice.uniform() < .5 else "AAA·0000"
    number(plate, dice, numbered(dice, form), (.06 * wide, .28 * tall, .88 * wide, dice.uniform(.54, .62) * tall), ink)
    border(plate, dice, ink)
    return plate


def asian(dice):
    """Chinese blue, green and yellow, Indian, Japanese, of the Gulf."""
    way = dice.uniform()
    if way < .4:
        plate = sheet(440, 140, ((20, 60, 170), (20, 60, 170), (70, 190, 110), (235, 180, 20))[int(dice.integers(4))])
        ink = WHITE if plate[0, 0, 2] > 150 else BLACK
        town, form = str(dice.choice(list("京沪粤浙苏鲁豫川"))), "A·00000"
        write(plate, glyphs(town, ASIAN), (22, 28, 60, 100), ink)
        number(plate, dice, numbered(dice, form), (95, 28, 370, 100), ink)
    elif way < .7:
        plate = sheet(330, 165, WHITE if dice.uniform() < .7 else (240, 200, 40) if dice.uniform() < .6 else (20, 90, 60))
        ink = WHITE if plate[0, 0, 0] < 60 else (20, 90, 60) if dice.uniform() < .6 else BLACK
        write(plate, glyphs(str(dice.choice(["品川", "横浜", "大阪", "札幌"])) + " " + several(dice, DIGITS, 3), ASIAN),
              (90, 14, 190, 48), ink)
        write(plate, glyphs(str(dice.choice(list("あかさたな"))), ASIAN), (15, 90, 45, 50), ink)
        number(plate, dice, numbered(dice, "00-00"), (70, 72, 275, 95), ink)
    else:
        plate = sheet(*((500, 120) if dice.uniform() < .5 else (340, 200)), WHITE if dice.uniform() < .6 else (240, 200, 30))
        tall, wide = plate.shape[:2]
        ink, rows = BLACK, 1 if wide > 3 * tall else 2
        for row, form in enumerate(("AA 00 AA 0000",) if rows == 1 else ("AA 00 AA", "0000")):
            number(plate, dice, numbered(dice, form),
                   (.05 * wide, (.16 + .46 * row) * tall, .9 * wide, (.68 if rows == 1 else .36) * tall), ink)
    border(plate, dice, ink)
    return plate


def old(dice):
    """Light letters on black, blue or red; and the reverse without a border."""
    ground = (BLACK, BLACK, (30, 40, 110), (130, 20, 25), (60, 62, 66))[int(dice.integers(5))]
    plate = sheet(*((520, 110), (460, 110), (420, 100), (300, 150), (560, 90))[int(dice.integers(5))], ground)
    tall, wide = plate.shape[:2]
    ink = np.float32((dice.uniform(170, 250),) * 3)
    number(plate, dice, numbered(dice, FORMS[int(dice.integers(len(FORMS)))]), (.05 * wide, .17 * tall, .9 * wide, .66 * tall),
           ink)
    if dice.uniform() < .5:
        border(plate, dice, ink)
    return plate


def shown(dice):
    """Dealers' and shows' plates: a name, a model, an address, a logo; or nothing at all."""
    wide, tall = ((520, 110), (520, 110), (520, 110), (300, 150), (340, 200), (400, 130))[int(dice.integers(6))]
    lettered = dice.uniform() < .72
    plate = sheet(wide, tall, any_colour(dice) if lettered and dice.uniform() < .6 else GROUNDS[int(dice.integers(len(GROUNDS)))])
    rows, columns = plate.shape[:2]
    bright = plate[0, 0].mean() > 120
    if dice.uniform() < (.25 if lettered else .5):
        band(plate, dice, 40)
    if lettered:
        ink = any_colour(dice, 0, 100) if bright else any_colour(dice, 170, 256)
        text = " ".join(str(dice.choice(WORDS)) for _ in range(int(dice.integers(1, 4))))
        write(plate, glyphs(text, pick(dice, SIGN)), (.12 * columns, .2 * rows, .82 * columns, dice.uniform(.35, .65) * rows),
              ink, 1, 1)
        if dice.uniform() < .3:
            spot = (int(columns * dice.uniform(.1, .9)), int(rows * .5))
            cv2.circle(plate, spot, int(.3 * rows), tuple(map(float, any_colour(dice))), int(dice.choice([-1, 3])), cv2.LINE_AA)
        if dice.uniform() < .3:
            write(plate, glyphs(str(dice.choice(WORDS)), pick(dice, SIGN)), (.2 * columns, .8 * rows, .6 * columns, .13 * rows),
                  ink, 1, 1)
    if dice.uniform() < .6:
        border(plate, dice, any_colour(dice) if dice.uniform() < .5 else BLACK)
    return plate


SHARES = ((german, .26), (european, .22), (american, .16), (brazilian, .08), (two_lines, .08), (asian, .05), (old, .08),
          (shown, .07))


def flat(dice):
    """A plate of any family, H x W x 3, 0...255."""
    shares = np.array([share for _, share in SHARES])
    family = SHARES[int(dice.choice(len(SHARES), p=shares / shares.sum()))][0]
    return family(dice).clip(0, 255)
