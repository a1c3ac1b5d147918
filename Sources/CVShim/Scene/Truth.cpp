#include "CVSTruth.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "../Guard.hpp"

// Shares no code with Place.cpp and Compose.cpp on purpose: an error there must not hide itself here.

namespace {

using Lane = float __attribute__((vector_size(16)));

/// What each 8-bit value of each channel becomes by the declared colour operations, 0...255.
using Curves = std::array<std::array<float, 256>, 3>;

Curves declared_curves(const CVSPlacement &placement) {
    Curves curves;
    const double gain = placement.tone_gain;
    for (size_t channel = 0; channel < 3; ++channel) {
        const double white = placement.white_balance[channel];
        for (int value = 0; value < 256; ++value) {
            const double srgb = value / 255.0;
            double light = srgb <= 0.04045 ? srgb / 12.92 : std::pow((srgb + 0.055) / 1.055, 2.4);
            light *= white + (1 - white) * light * light * light * light;
            light = gain * light / (1 + (gain - 1) * light);
            const double out = light <= 0.0031308 ? light * 12.92 : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
            curves[channel][size_t(value)] = float(out * 255);
        }
    }
    return curves;
}

/// The photo in cells of `step` x `step` pixels, and which of them are opaque throughout.
struct Cells {
    cv::Rect box;
    int step = 1, columns = 0, rows = 0;
    /// Means of opaque cells, CV_32FC4 with an unused fourth.
    cv::Mat means;
    /// Cells that are not wholly opaque, summed over all above and to the left, CV_32S.
    cv::Mat gaps;

    bool opaque(int left, int top, int right, int bottom) const {
        if (left < 0 || top < 0 || right >= columns || bottom >= rows) return false;
        const int *above = gaps.ptr<int>(top), *below = gaps.ptr<int>(bottom + 1);
        return below[right + 1] - below[left] - above[right + 1] + above[left] == 0;
    }
};

bool all_opaque(const cv::Mat &alpha, const cv::Rect &part) {
    for (int y = part.y; y < part.y + part.height; ++y) {
        const uint8_t *row = alpha.ptr(y) + part.x;
        for (int x = 0; x < part.width; ++x)
            if (row[x] != 255) return false;
    }
    return true;
}

Lane mean(const cv::Mat &source, const cv::Rect &part, const Curves &curves) {
    Lane sum = {0, 0, 0, 0};
    const int channels = source.channels();
    for (int y = part.y; y < part.y + part.height; ++y) {
        const uint8_t *pixel = source.ptr(y) + channels * part.x;
        for (int x = 0; x < part.width; ++x, pixel += channels)
            sum += Lane{curves[0][pixel[0]], curves[1][pixel[1]], curves[2][pixel[2]], 0};
    }
    return sum / float(part.area());
}

Cells cells(const cv::Mat &source, const cv::Mat &alpha, double scale, const Curves &curves, CVSCancel cancel) {
    Cells cells;
    cells.box = cv::boundingRect(alpha);
    cells.columns = cells.box.width;
    cells.rows = cells.box.height;
    const auto worth = [&] {
        if (cells.step == 1) return std::min(alpha.cols, alpha.rows) > 16;
        return std::min(cells.columns, cells.rows) > 8;
    };
    while (scale * cells.step < 0.5 && worth()) {
        cells.step *= 2;
        cells.columns = (cells.columns + 1) / 2;
        cells.rows = (cells.rows + 1) / 2;
    }
    cells.means.create(cells.rows, cells.columns, CV_32FC4);
    cells.gaps = cv::Mat(cells.rows + 1, cells.columns + 1, CV_32S, cv::Scalar(0));
    for (int y = 0; y < cells.rows; ++y) {
        if (y % 64 == 0) cvs::stopIfCancelled(cancel);
        const int *above = cells.gaps.ptr<int>(y);
        int *gaps = cells.gaps.ptr<int>(y + 1), row = 0;
        for (int x = 0; x < cells.columns; ++x) {
            const cv::Rect part(cells.box.x + x * cells.step, cells.box.y + y * cells.step, cells.step, cells.step);
            const bool whole = (part & cells.box) == part && all_opaque(alpha, part);
            row += whole ? 0 : 1;
            gaps[x + 1] = above[x + 1] + row;
            if (whole) reinterpret_cast<Lane *>(cells.means.ptr(y))[x] = mean(source, part, curves);
        }
    }
    return cells;
}

/// Weights of cubic convolution along one axis, and the first cell that they belong to.
struct Kernel {
    int first = 0, count = 0;
    std::array<float, 12> weight;

    Kernel(double centre, double squeeze) {
        first = int(std::ceil(centre - 2 / squeeze));
        count = std::min(int(std::floor(centre + 2 / squeeze)) - first + 1, 12);
        double sum = 0;
        std::array<double, 12> raw;
        for (int i = 0; i < count; ++i) {
            const double t = std::abs((first + i - centre) * squeeze);
            raw[size_t(i)] = t < 1   ? 1.5 * t * t * t - 2.5 * t * t + 1
                             : t < 2 ? -0.5 * t * t * t + 2.5 * t * t - 4 * t + 2
                                     : 0;
            sum += raw[size_t(i)];
        }
        for (int i = 0; i < count; ++i) weight[size_t(i)] = float(raw[size_t(i)] / sum);
    }
};

/// What a place between the cells is by the declared operations.
Lane expected(const Cells &cells, const Kernel &across, const Kernel &down) {
    Lane sum = {0, 0, 0, 0};
    for (int j = 0; j < down.count; ++j) {
        const Lane *cell = reinterpret_cast<const Lane *>(cells.means.ptr(down.first + j)) + across.first;
        Lane line = {0, 0, 0, 0};
        for (int i = 0; i < across.count; ++i) line += cell[i] * across.weight[size_t(i)];
        sum += line * down.weight[size_t(j)];
    }
    return sum;
}

struct Tally {
    int64_t pixels = 0;
    double maximum = 0, sum = 0;

    void add(double deviation) {
        maximum = std::max(maximum, deviation);
        sum += deviation;
    }
    CVSDeviation deviation() const { return {pixels, maximum, pixels > 0 ? sum / double(3 * pixels) : 0}; }
};

CVSDeviation compare(const cv::Mat &source, const cv::Mat &alpha, const cv::Mat &composite, const CVSPlacement &p,
                     CVSCancel cancel) {
    Tally tally;
    const Curves curves = declared_curves(p);
    const Cells cells = ::cells(source, alpha, p.scale, curves, cancel);
    if (cells.box.empty()) return tally.deviation();
    const double squeeze = std::min(1.0, p.scale * cells.step), half = (cells.step - 1) / 2.0;
    const double cosine = std::cos(p.roll) / p.scale, sine = std::sin(p.roll) / p.scale;
    for (int y = 0; y < composite.rows; ++y) {
        if (y % 16 == 0) cvs::stopIfCancelled(cancel);
        const uint8_t *pixel = composite.ptr(y);
        for (int x = 0; x < composite.cols; ++x, pixel += 3) {
            const double dx = x - p.target.x, dy = y - p.target.y;
            const double u = (p.anchor.x + cosine * dx + sine * dy - cells.box.x - half) / cells.step;
            const double v = (p.anchor.y - sine * dx + cosine * dy - cells.box.y - half) / cells.step;
            if (!(u > -1 && v > -1 && u < cells.columns && v < cells.rows)) continue;
            const Kernel across(u, squeeze), down(v, squeeze);
            if (!cells.opaque(across.first, down.first, across.first + across.count - 1, down.first + down.count - 1))
                continue;
            const Lane value = expected(cells, across, down);
            for (int c = 0; c < 3; ++c)
                tally.add(std::abs(double(std::clamp(value[c], 0.0f, 255.0f)) - double(pixel[c])));
            ++tally.pixels;
        }
    }
    return tally.deviation();
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_truth_composite(const CVSImage *source, const CVSImage *alpha,
                                                    const CVSImage *composite, const CVSPlacement *placement,
                                                    CVSCancel cancel, CVSDeviation *out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        const int channels = alpha->mat.channels();
        if (source->mat.channels() == 1 || composite->mat.channels() != 3 || channels == 3 ||
            source->mat.size() != alpha->mat.size())
            throw cvs::Error{CVSStatusBadArgument, "a photo, its alpha and a composite in colour are needed"};
        if (!std::isfinite(placement->roll) || !(placement->scale >= 1e-4 && placement->scale <= 64) ||
            !(placement->tone_gain >= 0.1 && placement->tone_gain <= 10))
            throw cvs::Error{CVSStatusBadArgument, "the placement is out of range"};
        for (const double white : placement->white_balance)
            if (!(white >= 0.5 && white <= 1.25))
                throw cvs::Error{CVSStatusBadArgument, "the white balance is out of range"};
        cv::Mat cover = alpha->mat;
        if (channels == 4) cv::extractChannel(alpha->mat, cover, 3);
        *out = compare(source->mat, cover, composite->mat, *placement, cancel);
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_truth_cutout(const CVSImage *source, const CVSImage *cutout, CVSCancel cancel,
                                                 CVSDeviation *out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        const cv::Mat &photo = source->mat, &cut = cutout->mat;
        if (photo.channels() != 3 || cut.channels() != 4 || photo.size() != cut.size())
            throw cvs::Error{CVSStatusBadArgument, "a photo of 3 channels and a cut-out of its size are needed"};
        Tally tally;
        for (int y = 0; y < photo.rows; ++y) {
            if (y % 64 == 0) cvs::stopIfCancelled(cancel);
            const uint8_t *a = photo.ptr(y), *b = cut.ptr(y);
            for (int x = 0; x < photo.cols; ++x, a += 3, b += 4) {
                if (b[3] != 255) continue;
                for (int c = 0; c < 3; ++c) tally.add(std::abs(int(a[c]) - int(b[c])));
                ++tally.pixels;
            }
        }
        *out = tally.deviation();
    });
}
