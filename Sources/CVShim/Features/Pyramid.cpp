#include "Pyramid.hpp"

#include <algorithm>
#include <cmath>

namespace cvs {
namespace {

/// What a camera's picture is taken to be blurred by, in its pixels.
constexpr double cameraBlur = 0.5;
constexpr int smallestSide = 24;

/// Half of a Gaussian kernel, the middle first.
std::vector<float> kernelOf(double sigma) {
    const int radius = std::max(1, int(std::ceil(3 * sigma)));
    std::vector<double> half(size_t(radius) + 1);
    double sum = 0;
    for (int i = 0; i <= radius; ++i) {
        half[size_t(i)] = std::exp(-i * i / (2 * sigma * sigma));
        sum += (i ? 2 : 1) * half[size_t(i)];
    }
    std::vector<float> kernel;
    for (double weight : half) kernel.push_back(float(weight / sum));
    return kernel;
}

/// One row of a picture and its neighbours; `line` has room for a mirrored border on both sides.
struct Rows {
    const float *middle;
    const float *const *above;
    const float *const *below;
    const float *kernel;
    int radius;
    float *line;
    int width;
};

/// Numbers that stay in registers while a kernel runs over them.
constexpr int tile = 32;

/// weight[0] middle[x] + sum of weight[i] (one(i)[x] + two(i)[x]). Every sum is made in the same order for each pixel,
/// without fused operations: vectors of any width give equal bits.
template <typename One, typename Two>
__attribute__((always_inline)) inline void weigh(const Rows &rows, const float *middle, One one, Two two, float *to) {
    int x = 0;
    for (; x + tile <= rows.width; x += tile) {
        float sums[tile];
        for (int k = 0; k < tile; ++k) sums[k] = rows.kernel[0] * middle[x + k];
        for (int i = 1; i <= rows.radius; ++i) {
            const float weight = rows.kernel[i];
            const float *left = one(i) + x, *right = two(i) + x;
            for (int k = 0; k < tile; ++k) sums[k] += weight * (left[k] + right[k]);
        }
        for (int k = 0; k < tile; ++k) to[x + k] = sums[k];
    }
    for (; x < rows.width; ++x) {
        float sum = rows.kernel[0] * middle[x];
        for (int i = 1; i <= rows.radius; ++i) sum += rows.kernel[i] * (one(i)[x] + two(i)[x]);
        to[x] = sum;
    }
}

/// Downwards, then across.
__attribute__((always_inline)) inline void blurRow(const Rows &rows, float *to) {
    float *line = rows.line + rows.radius;
    weigh(
        rows, rows.middle, [&](int i) { return rows.above[i]; }, [&](int i) { return rows.below[i]; }, line);
    for (int i = 1; i <= rows.radius; ++i) {
        line[-i] = line[std::min(i, rows.width - 1)];
        line[rows.width - 1 + i] = line[std::max(rows.width - 1 - i, 0)];
    }
    weigh(
        rows, line, [&](int i) { return line - i; }, [&](int i) { return line + i; }, to);
}

using BlurRow = void (*)(const Rows &rows, float *to);

void blurRowPlain(const Rows &rows, float *to) { blurRow(rows, to); }

__attribute__((target("avx2"))) void blurRowAVX2(const Rows &rows, float *to) { blurRow(rows, to); }

BlurRow chosen() {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") ? blurRowAVX2 : blurRowPlain;
}

const BlurRow blurOneRow = chosen();

int mirrored(int index, int count) {
    if (index < 0) index = -index;
    if (index >= count) index = 2 * (count - 1) - index;
    return std::clamp(index, 0, count - 1);
}

/// Twice as large: every second pixel is one of the picture, those between are means.
void doubleInto(const cv::Mat &grey, Plane &to) {
    to.resize(grey.cols * 2, grey.rows * 2);
    for (int y = 0; y < to.height(); ++y) {
        const uint8_t *one = grey.ptr(y / 2), *two = grey.ptr(std::min((y + 1) / 2, grey.rows - 1));
        float *row = to.row(y);
        for (int x = 0; x < grey.cols; ++x) {
            const int right = std::min(x + 1, grey.cols - 1);
            row[2 * x] = float(one[x] + two[x]) / 510;
            row[2 * x + 1] = float(one[x] + two[x] + one[right] + two[right]) / 1020;
        }
    }
}

void copyInto(const cv::Mat &grey, Plane &to) {
    to.resize(grey.cols, grey.rows);
    for (int y = 0; y < grey.rows; ++y)
        for (int x = 0; x < grey.cols; ++x) to.row(y)[x] = float(grey.ptr(y)[x]) / 255;
}

}  // namespace

void blurred(const Plane &from, Plane &to, double sigma) {
    const std::vector<float> kernel = kernelOf(sigma);
    const int radius = int(kernel.size()) - 1;
    std::vector<float> line(size_t(from.width()) + 2 * size_t(radius));
    std::vector<const float *> above(kernel.size()), below(kernel.size());
    Rows rows{nullptr, above.data(), below.data(), kernel.data(), radius, line.data(), from.width()};
    to.resize(from.width(), from.height());
    for (int y = 0; y < from.height(); ++y) {
        for (int i = 1; i <= radius; ++i) {
            above[size_t(i)] = from.row(mirrored(y - i, from.height()));
            below[size_t(i)] = from.row(mirrored(y + i, from.height()));
        }
        rows.middle = from.row(y);
        blurOneRow(rows, to.row(y));
    }
}

Pyramid::Pyramid(const cv::Mat &grey, bool doubled) : size(doubled ? 0.5 : 1), levels(levelsPerOctave) {
    Plane &sharp = levels[1];
    if (doubled)
        doubleInto(grey, sharp);
    else
        copyInto(grey, sharp);
    const double blur = doubled ? 2 * cameraBlur : cameraBlur;
    blurred(sharp, levels[0], std::sqrt(firstBlur * firstBlur - blur * blur));
    fill();
}

void Pyramid::fill() {
    for (int i = 1; i < levelsPerOctave; ++i) {
        const double before = blurOf(i - 1), after = blurOf(i);
        blurred(levels[size_t(i - 1)], levels[size_t(i)], std::sqrt(after * after - before * before));
    }
}

bool Pyramid::next() {
    const Plane &twice = levels[layersPerOctave];
    const int width = (twice.width() + 1) / 2, height = (twice.height() + 1) / 2;
    if (std::min(width, height) < smallestSide) return false;
    half.resize(width, height);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) half.row(y)[x] = twice.at(2 * x, 2 * y);
    std::swap(half, levels[0]);
    size *= 2;
    fill();
    return true;
}

}  // namespace cvs
