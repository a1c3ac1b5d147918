#include "Light.hpp"

#include <algorithm>
#include <cmath>

namespace cvs {
namespace {

/// Pixels of one cell by their light, 16 steps wide.
struct Histogram {
    struct Bin {
        double count = 0;
        std::array<double, 3> sum{};
    };
    std::array<Bin, 16> bins{};

    void add(const uint8_t *pixel) {
        Bin &bin = bins[std::min(15, int(luma(pixel) / 16))];
        bin.count += 1;
        for (int c = 0; c < 3; ++c) bin.sum[c] += pixel[c];
    }

    double count() const {
        double all = 0;
        for (const Bin &bin : bins) all += bin.count;
        return all;
    }

    /// The mean of the lightest `share` of all pixels.
    Tint lightest(double share) const {
        double left = share * count(), taken = 0;
        std::array<double, 3> sum{};
        for (int i = 15; i >= 0 && left > 0; --i) {
            if (bins[i].count == 0) continue;
            const double part = std::min(1.0, left / bins[i].count);
            for (int c = 0; c < 3; ++c) sum[c] += part * bins[i].sum[c];
            taken += part * bins[i].count;
            left -= part * bins[i].count;
        }
        Tint tint{};
        for (int c = 0; c < 3; ++c) tint[c] = float(sum[c] / std::max(taken, 1e-9));
        return tint;
    }
};

float lumaOf(const Tint &tint) { return 0.299f * tint[0] + 0.587f * tint[1] + 0.114f * tint[2]; }

/// A tint's light in coarse steps, in the hue of `like`: hues in steps of their own would show as a rainbow.
Tint coarse(const Tint &tint, const Tint &like) {
    const float light = std::round(lumaOf(tint) / Light::step) * Light::step;
    Tint result{};
    for (int c = 0; c < 3; ++c) {
        const float share = std::clamp(like[c] / std::max(lumaOf(like), 8.f), 0.f, 2.f);
        result[c] = std::clamp(light * std::round(share * 50) / 50, 0.f, 255.f);
    }
    return result;
}

/// Photographed from nearer than this, a plate's pixels are read in steps: there are enough of them.
constexpr double enoughPixels = 400'000;

double median(std::vector<float> &values) {
    const auto middle = values.begin() + ptrdiff_t(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

}  // namespace

Light::Light(const cv::Mat &photo, const Fit &fit, CVSCancel cancel) {
    measureColours(photo, fit, cancel);
    measureEdges(photo, fit, cancel);
}

void Light::measureColours(const cv::Mat &photo, const Fit &fit, CVSCancel cancel) {
    std::array<Histogram, columns * rows> cells;
    Histogram whole;
    const cv::Rect reach = fit.reach(0);
    const int skip = std::max(1, int(std::sqrt(double(reach.area()) / enoughPixels)));
    for (int y = reach.y; y < reach.y + reach.height; y += skip) {
        stopIfCancelled(cancel);
        for (int x = reach.x; x < reach.x + reach.width; x += skip) {
            if (fit.distance(x, y) > 0) continue;
            const cv::Point2d place = fit.place(x, y);
            const int column = std::clamp(int(place.x * columns), 0, columns - 1);
            const int row = std::clamp(int(place.y * rows), 0, rows - 1);
            const uint8_t *pixel = photo.ptr(y) + 3 * x;
            cells[row * columns + column].add(pixel);
            whole.add(pixel);
        }
    }
    const bool isSeen = whole.count() > 0;
    const Tint grey{128, 128, 128}, mean = isSeen ? whole.lightest(1) : grey;
    const Tint surface = isSeen ? whole.lightest(0.4) : grey;
    for (size_t i = 0; i < cells.size(); ++i) {
        const bool isFilled = cells[i].count() > 0;
        means[i] = coarse(isFilled ? cells[i].lightest(1) : mean, mean);
        surfaces[i] = coarse(isFilled ? cells[i].lightest(0.4) : surface, surface);
    }
}

/// Sharpness: the contrast over the steepest slope. Grain: what second differences leave round the plate, where it is
/// flat (Immerkaer 1996, with a median for the mean).
void Light::measureEdges(const cv::Mat &photo, const Fit &fit, CVSCancel cancel) {
    const double height = fit.height();
    const cv::Rect reach = fit.reach(0.5 * height) & cv::Rect(1, 1, photo.cols - 2, photo.rows - 2);
    const int skip = std::max(1, int(std::sqrt(double(reach.area()) / enoughPixels)));
    std::vector<float> slopes, lights, rest;
    for (int y = reach.y; y < reach.y + reach.height; y += skip) {
        stopIfCancelled(cancel);
        for (int x = reach.x; x < reach.x + reach.width; x += skip) {
            const double distance = fit.distance(x, y);
            float light[3][3];
            for (int j = 0; j < 3; ++j)
                for (int i = 0; i < 3; ++i) light[j][i] = luma(photo.ptr(y + j - 1) + 3 * (x + i - 1));
            if (distance < 2) {
                slopes.push_back(std::hypot(light[1][2] - light[1][0], light[2][1] - light[0][1]) / 2);
                lights.push_back(light[1][1]);
            } else if (distance < 0.5 * height) {
                rest.push_back(std::abs(light[0][0] + light[0][2] + light[2][0] + light[2][2] + 4 * light[1][1] -
                                        2 * (light[0][1] + light[1][0] + light[1][2] + light[2][1])));
            }
        }
    }
    if (slopes.size() >= 16) {
        std::sort(slopes.begin(), slopes.end());
        std::sort(lights.begin(), lights.end());
        const float steepest = slopes[slopes.size() * 99 / 100];
        const float contrast = lights[lights.size() * 95 / 100] - lights[lights.size() * 5 / 100];
        // A step of height c blurred by s has the slope c / (s sqrt(2 pi)).
        if (steepest > 2) blur_ = std::clamp(0.4f * contrast / steepest, 0.5f, 0.08f * float(height) + 0.5f);
    }
    if (rest.size() >= 16) grain_ = std::clamp(float(median(rest)) / (0.6745f * 6), 0.f, 10.f);
}

Tint Light::white() const {
    return *std::max_element(surfaces.begin(), surfaces.end(),
                             [](const Tint &a, const Tint &b) { return lumaOf(a) < lumaOf(b); });
}

/// Between the middles of four cells, without a kink at any of them.
Tint Light::at(const Cells &cells, double u, double v) {
    const auto smooth = [](double t) { return t * t * (3 - 2 * t); };
    const double x = std::clamp(u * columns - 0.5, 0.0, columns - 1.0);
    const double y = std::clamp(v * rows - 0.5, 0.0, rows - 1.0);
    const int left = std::min(int(x), columns - 2), top = std::min(int(y), rows - 2);
    const float dx = float(smooth(x - left)), dy = float(smooth(y - top));
    const Tint *upper = &cells[size_t(top * columns + left)], *lower = upper + columns;
    Tint tint{};
    for (int c = 0; c < 3; ++c)
        tint[c] =
            (upper[0][c] * (1 - dx) + upper[1][c] * dx) * (1 - dy) + (lower[0][c] * (1 - dx) + lower[1][c] * dx) * dy;
    return tint;
}

}  // namespace cvs
