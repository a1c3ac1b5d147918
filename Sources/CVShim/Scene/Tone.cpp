#include <array>
#include <cmath>

#include "Scene.hpp"

namespace cvs {

namespace {

/// Ratios of channels beyond this many times are paint, not light.
constexpr float span = 0.5f;
constexpr int bins = 41;

/// How often each pair of ratios occurs: log of red over green, log of blue over green.
struct Ratios {
    std::array<float, bins * bins> count{};
    float total = 0;

    void add(float red, float blue) {
        total++;
        if (std::abs(red) >= span || std::abs(blue) >= span) return;
        int i = int((red + span) / (2 * span) * bins), j = int((blue + span) / (2 * span) * bins);
        count[size_t(std::min(j, bins - 1) * bins + std::min(i, bins - 1))]++;
    }

    /// The nearest peak to grey, climbing by means under a Gaussian (Comaniciu, Meer 2002): paint of another colour
    /// lies outside it and does not pull.
    void peak(double &red, double &blue, double &weight) const {
        double r = 0, b = 0, support = 0;
        for (int round = 0; round < 24 && total > 0; round++) {
            double sum = 0, sum_r = 0, sum_b = 0;
            for (int j = 0; j < bins; j++)
                for (int i = 0; i < bins; i++) {
                    double n = count[size_t(j * bins + i)];
                    if (n == 0) continue;
                    double x = (i + 0.5) / bins * 2 * span - span, y = (j + 0.5) / bins * 2 * span - span;
                    double w = n * std::exp(-((x - r) * (x - r) + (y - b) * (y - b)) / (2 * 0.1 * 0.1));
                    sum += w;
                    sum_r += w * x;
                    sum_b += w * y;
                }
            if (sum <= 0) break;
            r = sum_r / sum;
            b = sum_b / sum;
            support = sum / double(total);
        }
        red = r;
        blue = b;
        weight = support;
    }
};

/// The luminance that a share of all counts lies below.
double quantile(const std::vector<int64_t> &histogram, int64_t count, double share) {
    int64_t below = 0;
    for (size_t i = 0; i < histogram.size() && count > 0; i++) {
        below += histogram[i];
        if (double(below) >= share * double(count)) return (double(i) + 0.5) / double(histogram.size());
    }
    return 0;
}

void measure(const cv::Mat &rgba, CVSCancel cancel, CVSTone &out) {
    std::array<float, 256> light, logarithm;
    for (int i = 0; i < 256; i++) {
        light[size_t(i)] = linear(float(i) / 255);
        logarithm[size_t(i)] = float(std::log(double(std::max(light[size_t(i)], 1e-4f))));
    }
    std::vector<int64_t> histogram(1024, 0);
    int64_t count = 0;
    Ratios dark, bright;
    // Half a million pixels say as much as all of a large photo.
    int step = std::max(1, int(std::sqrt(double(rgba.total()) / 1e6)));
    for (int y = 0; y < rgba.rows; y += step) {
        if (y % 64 == 0) stopIfCancelled(cancel);
        const cv::Vec4b *p = rgba.ptr<cv::Vec4b>(y);
        for (int x = 0; x < rgba.cols; x += step) {
            if (p[x][3] < 230) continue;
            float value = 0.2126f * light[p[x][0]] + 0.7152f * light[p[x][1]] + 0.0722f * light[p[x][2]];
            histogram[size_t(std::min(1023, int(value * 1024)))]++;
            count++;
            int least = std::min({p[x][0], p[x][1], p[x][2]}), most = std::max({p[x][0], p[x][1], p[x][2]});
            // Noise decides the ratios of the darkest, clipping those of the brightest.
            if (least < 14 || most > 248 || p[x][3] < 255) continue;
            float green = logarithm[p[x][1]];
            (value < 0.06f ? dark : bright).add(logarithm[p[x][0]] - green, logarithm[p[x][2]] - green);
        }
    }
    out = CVSTone{};
    out.median = quantile(histogram, count, 0.5);
    out.highlight = quantile(histogram, count, 0.98);
    dark.peak(out.dark_red, out.dark_blue, out.dark_weight);
    bright.peak(out.light_red, out.light_blue, out.light_weight);
}

}  // namespace
}  // namespace cvs

extern "C" CVS_EXPORT CVSStatus cvs_scene_tone(const CVSImage *cutout, CVSCancel cancel, CVSTone *out,
                                               CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (cutout->mat.channels() != 4) throw cvs::Error{CVSStatusBadArgument, "a cut-out has 4 channels"};
        cvs::stopIfCancelled(cancel);
        cvs::measure(cutout->mat, cancel, *out);
    });
}
