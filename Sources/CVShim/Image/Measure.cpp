#include <algorithm>
#include <cmath>
#include <vector>

#include "Pixels.hpp"

namespace cvs {
namespace {

/// Means, squares and the product of one row, side by side: a, b, aa, bb, ab.
struct Moments {
    std::vector<float> sums[5];

    explicit Moments(size_t count) {
        for (auto &sum : sums) sum.resize(count);
    }
};

std::vector<float> gaussian(int size) {
    std::vector<float> weights;
    double sum = 0;
    for (int i = 0; i < size; ++i) sum += std::exp(-std::pow(i - size / 2, 2) / (2 * 1.5 * 1.5));
    for (int i = 0; i < size; ++i)
        weights.push_back(float(std::exp(-std::pow(i - size / 2, 2) / (2 * 1.5 * 1.5)) / sum));
    return weights;
}

/// One row of the five products, blurred along the row; only whole windows count.
Moments blurRow(const uint8_t *a, const uint8_t *b, size_t count, const std::vector<float> &weights) {
    Moments row(count);
    for (size_t i = 0; i < weights.size(); ++i)
        for (size_t x = 0; x < count; ++x) {
            const float p = a[x + i], q = b[x + i];
            row.sums[0][x] += weights[i] * p;
            row.sums[1][x] += weights[i] * q;
            row.sums[2][x] += weights[i] * p * p;
            row.sums[3][x] += weights[i] * q * q;
            row.sums[4][x] += weights[i] * p * q;
        }
    return row;
}

double similarity(const std::vector<Moments> &ring, size_t top, const std::vector<float> &weights, size_t count) {
    constexpr double c1 = 0.01 * 255 * 0.01 * 255, c2 = 0.03 * 255 * 0.03 * 255;
    Moments mean(count);
    for (size_t i = 0; i < weights.size(); ++i)
        for (int k = 0; k < 5; ++k) {
            const std::vector<float> &row = ring[(top + i) % ring.size()].sums[k];
            for (size_t x = 0; x < count; ++x) mean.sums[k][x] += weights[i] * row[x];
        }
    double sum = 0;
    for (size_t x = 0; x < count; ++x) {
        const double a = mean.sums[0][x], b = mean.sums[1][x], ab = mean.sums[4][x] - a * b;
        const double aa = mean.sums[2][x] - a * a, bb = mean.sums[3][x] - b * b;
        sum += ((2 * a * b + c1) * (2 * ab + c2)) / ((a * a + b * b + c1) * (aa + bb + c2));
    }
    return sum;
}

double ssim(const cv::Mat &a, const cv::Mat &b) {
    const int fits = std::min({11, a.cols, a.rows});
    const std::vector<float> weights = gaussian(fits % 2 ? fits : fits - 1);
    const size_t window = weights.size(), across = size_t(a.cols) - window + 1, down = size_t(a.rows) - window + 1;
    std::vector<Moments> ring(window, Moments(across));
    double sum = 0;
    for (size_t y = 0; y < size_t(a.rows); ++y) {
        ring[y % window] = blurRow(a.ptr(int(y)), b.ptr(int(y)), across, weights);
        if (y + 1 >= window) sum += similarity(ring, y + 1 - window, weights, across);
    }
    return sum / double(across * down);
}

}  // namespace
}  // namespace cvs

extern "C" CVS_EXPORT CVSStatus cvs_bounds(const CVSImage *mask, uint8_t threshold, CVSBox *box,
                                           CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        const cv::Mat &mat = mask->mat;
        if (mat.channels() != 1) throw cvs::Error{CVSStatusBadArgument, "a mask has one channel"};
        int left = mat.cols, right = -1, top = mat.rows, bottom = -1;
        for (int y = 0; y < mat.rows; ++y) {
            const uint8_t *row = mat.ptr(y), *end = row + mat.cols;
            const auto inside = [&](uint8_t value) { return value >= threshold; };
            const uint8_t *first = std::find_if(row, end, inside);
            if (first == end) continue;
            while (!inside(end[-1])) --end;
            left = std::min(left, int(first - row));
            right = std::max(right, int(end - row) - 1);
            top = std::min(top, y);
            bottom = y;
        }
        *box = right < 0 ? CVSBox{0, 0, 0, 0} : CVSBox{left, top, right - left + 1, bottom - top + 1};
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_ssim(const CVSImage *a, const CVSImage *b, double *similarity,
                                         CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (a->mat.size() != b->mat.size()) throw cvs::Error{CVSStatusBadArgument, "the sizes are not equal"};
        *similarity = cvs::ssim(cvs::inLayout(a->mat, CVSLayoutGrey), cvs::inLayout(b->mat, CVSLayoutGrey));
    });
}
