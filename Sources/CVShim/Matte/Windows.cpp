#include <algorithm>
#include <cmath>

#include "Enlarge.hpp"
#include "Shrink.hpp"

namespace {

/// The most that a pane lets through, and how much of the light behind it passes the tint.
constexpr float through = 0.6f, tint = 0.8f;
/// Linear luminance seen through a pane: darker is the cabin and stays, brighter is the world behind it.
constexpr float cabin = 0.06f, world = 0.30f;

float smoothstep(float x, float low, float high) {
    const float t = std::min(1.0f, std::max(0.0f, (x - low) / (high - low)));
    return t * t * (3 - 2 * t);
}

/// Linear light of the 256 sRGB values (IEC 61966-2-1).
struct Linear {
    float table[256];
    Linear() {
        for (int i = 0; i < 256; ++i) {
            const double v = i / 255.0;
            table[i] = float(v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4));
        }
    }
};

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_matte_windows(const CVSImage *cutout, const float *glass, int32_t width,
                                                  int32_t height, CVSRect rect, double amount, CVSCancel cancel,
                                                  double *share, CVSImage **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (cutout->mat.channels() != 4) throw cvs::Error{CVSStatusBadArgument, "a cut-out has 4 channels"};
        if (width < 1 || height < 1) throw cvs::Error{CVSStatusBadArgument, "the map has no cells"};
        if (!(amount >= 0 && amount <= 1)) throw cvs::Error{CVSStatusBadArgument, "the amount must be from 0 to 1"};
        static const Linear linear;
        const cv::Rect inside = cvs::within(cutout->mat, rect);
        cv::Mat to = cutout->mat.clone(), part = to(inside);
        const cv::Mat cells(height, width, CV_32F, const_cast<float *>(glass));
        const cv::Mat pane = cvs::enlarged(cells, part.cols, part.rows);
        double let = 0, object = 0;
        for (int y = 0; y < part.rows; ++y) {
            if (y % 64 == 0) cvs::stopIfCancelled(cancel);
            uint8_t *pixel = part.ptr(y);
            const float *covers = pane.ptr<float>(y);
            for (int x = 0; x < part.cols; ++x, pixel += 4) {
                object += pixel[3] > 127;
                if (covers[x] < 0.05f || pixel[3] == 0) continue;
                const float light = 0.2126f * linear.table[pixel[0]] + 0.7152f * linear.table[pixel[1]] +
                                    0.0722f * linear.table[pixel[2]];
                const float t =
                    float(amount) * through * smoothstep(covers[x], 0.3f, 0.8f) * smoothstep(light, cabin, world);
                if (t < 0.004f) continue;
                // (1 - t) of what was seen and t of what comes, tinted: F a + B (1 - a) with 1 - a = t tint.
                const float stays = (1 - t) / (1 - t * tint);
                for (int c = 0; c < 3; ++c) pixel[c] = uint8_t(float(pixel[c]) * stays + 0.5f);
                pixel[3] = uint8_t(float(pixel[3]) * (1 - t * tint) + 0.5f);
                let += t;
            }
        }
        *share = object > 0 ? let / object : 0;
        *out = new CVSImage{to};
    });
}
