#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "../../Guard.hpp"
#include "CVSCover.h"

namespace {

constexpr int width = 1040, height = 220, mostLetters = 24;
/// OpenCV's stroke letters, drawn with a thick round pen: much as on plates. No font has to be installed.
constexpr int font = cv::FONT_HERSHEY_SIMPLEX;

/// A letter of ASCII, and whether it has two dots.
struct Letter {
    char shape;
    bool hasDots;
};

[[noreturn]] void refuse() {
    throw cvs::Error{CVSStatusBadArgument, "the name has a letter that can't be drawn, or too many of them"};
}

/// UTF-8 to letters.
std::vector<Letter> lettersOf(const std::string &name) {
    std::vector<Letter> letters;
    for (size_t i = 0; i < name.size(); ++i) {
        const uint8_t byte = uint8_t(name[i]);
        if (byte >= 0x20 && byte < 0x7F) {
            letters.push_back({name[i], false});
            continue;
        }
        if (byte != 0xC3 || i + 1 >= name.size()) refuse();
        switch (uint8_t(name[++i])) {
            case 0x84:
                letters.push_back({'A', true});
                break;
            case 0x96:
                letters.push_back({'O', true});
                break;
            case 0x9C:
                letters.push_back({'U', true});
                break;
            case 0xA4:
                letters.push_back({'a', true});
                break;
            case 0xB6:
                letters.push_back({'o', true});
                break;
            case 0xBC:
                letters.push_back({'u', true});
                break;
            case 0x9F:
                letters.insert(letters.end(), {{'s', false}, {'s', false}});
                break;
            default:
                refuse();
        }
    }
    const bool isSeen = std::any_of(letters.begin(), letters.end(), [](Letter letter) { return letter.shape != ' '; });
    if (!isSeen || letters.size() > mostLetters) refuse();
    return letters;
}

int advance(char letter, double scale, int pen) {
    int base = 0;
    const int wide = cv::getTextSize(std::string(1, letter), font, scale, 1, &base).width + pen / 2;
    return letter == ' ' ? wide * 3 / 5 : wide;
}

int widthOf(const std::vector<Letter> &letters, double scale, int pen) {
    int sum = 0;
    for (const Letter &letter : letters) sum += advance(letter.shape, scale, pen);
    return sum;
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_draw_name(const char *name, CVSImage **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        const std::vector<Letter> letters = lettersOf(name);
        cv::Mat plate(height, width, CV_8UC3, cv::Scalar(255, 255, 255));
        const cv::Scalar ink(24, 26, 30);
        // Letters 58 % of the plate's height, narrower where there are many.
        int base = 0;
        const double unit = 100.0 / cv::getTextSize("H", font, 100.0 / 21, 1, &base).height * 100 / 21;
        double scale = unit * 0.58 * height / 100;
        int pen = std::max(6, int(0.085 * height));
        const int all = widthOf(letters, scale, pen), room = int(0.92 * width);
        if (all > room) {
            scale *= double(room) / all;
            pen = std::max(5, pen * room / all);
        }
        const int capital = cv::getTextSize("H", font, scale, 1, &base).height;
        int x = (width - widthOf(letters, scale, pen)) / 2 + pen / 2;
        const int y = (height + capital) / 2;
        for (const Letter &letter : letters) {
            cv::putText(plate, std::string(1, letter.shape), {x, y}, font, scale, ink, pen, cv::LINE_AA);
            const int wide = advance(letter.shape, scale, pen);
            if (letter.hasDots) {
                const bool isCapital = letter.shape < 'a';
                const int top = y - int(capital * (isCapital ? 1.25 : 1.0));
                for (const double place : {0.3, 0.66})
                    cv::circle(plate, {x + int(place * (wide - pen / 2)), top}, pen * 3 / 5, ink, cv::FILLED,
                               cv::LINE_AA);
            }
            x += wide;
        }
        *out = new CVSImage{plate};
    });
}
