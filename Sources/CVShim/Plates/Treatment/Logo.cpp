#include "Logo.hpp"

#include <algorithm>
#include <cmath>

namespace cvs {
namespace {

/// Width over height of plates: one line in Europe and South America, two lines and North America.
constexpr double oneLine = 520.0 / 110, twoLines = 2;
/// A plate that looks narrower than this has two lines; a long one that is turned so far away is hardly read.
constexpr double leastOneLine = 2.3;
/// Of the plate's height, left free round the picture.
constexpr double border = 0.07;

/// The picture on a plate of the right shape: wholly inside, on its own border's colour, or white where that lets
/// through. `columns` wide, so that a pixel of the photo covers one or two of it.
cv::Mat faceOf(const cv::Mat &logo, double aspect, int columns, CVSCancel cancel) {
    const int rows = std::max(4, int(std::lround(columns / aspect)));
    const double free = border * rows;
    const double scale = std::min((columns - 2 * free) / logo.cols, (rows - 2 * free) / logo.rows);
    const double left = (columns - scale * logo.cols) / 2, top = (rows - scale * logo.rows) / 2;
    const auto over = [&](const uint8_t *pixel, int c) {
        const float alpha = logo.channels() == 4 ? float(pixel[3]) / 255 : 1;
        return float(pixel[c]) * alpha + 255 * (1 - alpha);
    };
    Tint ground{};
    for (const cv::Point corner : {cv::Point(0, 0), cv::Point(logo.cols - 1, 0), cv::Point(0, logo.rows - 1),
                                   cv::Point(logo.cols - 1, logo.rows - 1)})
        for (int c = 0; c < 3; ++c) ground[c] += over(logo.ptr(corner.y) + logo.channels() * corner.x, c) / 4;
    cv::Mat face(rows, columns, CV_32FC3);
    // Each pixel is the mean of what of the picture it covers.
    for (int y = 0; y < rows; ++y) {
        stopIfCancelled(cancel);
        for (int x = 0; x < columns; ++x) {
            float *pixel = face.ptr<float>(y) + 3 * x;
            const double u0 = (x - left) / scale, u1 = (x + 1 - left) / scale;
            const double v0 = (y - top) / scale, v1 = (y + 1 - top) / scale;
            if (u1 <= 0 || v1 <= 0 || u0 >= logo.cols || v0 >= logo.rows) {
                for (int c = 0; c < 3; ++c) pixel[c] = ground[c];
                continue;
            }
            const int i0 = std::clamp(int(u0), 0, logo.cols - 1), j0 = std::clamp(int(v0), 0, logo.rows - 1);
            const int i1 = std::clamp(int(std::ceil(u1)), i0 + 1, logo.cols);
            const int j1 = std::clamp(int(std::ceil(v1)), j0 + 1, logo.rows);
            Tint sum{};
            for (int j = j0; j < j1; ++j)
                for (int i = i0; i < i1; ++i)
                    for (int c = 0; c < 3; ++c) sum[c] += over(logo.ptr(j) + logo.channels() * i, c);
            for (int c = 0; c < 3; ++c) pixel[c] = sum[c] / float((i1 - i0) * (j1 - j0));
        }
    }
    return face;
}

/// The face's colour at a place, between its pixels; beyond its border the border's.
Tint sample(const cv::Mat &face, double u, double v) {
    const double x = std::clamp(u * face.cols - 0.5, 0.0, face.cols - 1.0);
    const double y = std::clamp(v * face.rows - 0.5, 0.0, face.rows - 1.0);
    const int left = std::min(int(x), face.cols - 2), top = std::min(int(y), face.rows - 2);
    const float dx = float(x - left), dy = float(y - top);
    const float *upper = face.ptr<float>(top) + 3 * left, *lower = face.ptr<float>(top + 1) + 3 * left;
    Tint tint{};
    for (int c = 0; c < 3; ++c)
        tint[c] = (upper[c] * (1 - dx) + upper[c + 3] * dx) * (1 - dy) + (lower[c] * (1 - dx) + lower[c + 3] * dx) * dy;
    return tint;
}

/// One pass of a Gaussian, along rows or columns; the border's pixels repeat.
void pass(cv::Mat &picture, const std::vector<float> &kernel, bool isAlongRows, CVSCancel cancel) {
    const int radius = int(kernel.size()) / 2;
    cv::Mat from = picture.clone();
    for (int y = 0; y < picture.rows; ++y) {
        stopIfCancelled(cancel);
        float *to = picture.ptr<float>(y);
        for (int x = 0; x < picture.cols; ++x) {
            Tint sum{};
            for (int k = -radius; k <= radius; ++k) {
                const int i = isAlongRows ? std::clamp(x + k, 0, picture.cols - 1) : x;
                const int j = isAlongRows ? y : std::clamp(y + k, 0, picture.rows - 1);
                const float *pixel = from.ptr<float>(j) + 3 * i;
                for (int c = 0; c < 3; ++c) sum[c] += kernel[size_t(k + radius)] * pixel[c];
            }
            for (int c = 0; c < 3; ++c) to[3 * x + c] = sum[c];
        }
    }
}

void blur(cv::Mat &picture, float sigma, CVSCancel cancel) {
    const int radius = std::clamp(int(std::ceil(3 * sigma)), 1, 48);
    std::vector<float> kernel;
    float total = 0;
    for (int k = -radius; k <= radius; ++k) {
        kernel.push_back(std::exp(-float(k * k) / (2 * sigma * sigma)));
        total += kernel.back();
    }
    for (float &value : kernel) value /= total;
    pass(picture, kernel, true, cancel);
    pass(picture, kernel, false, cancel);
}

/// Two in 2^32 of a bell, by the pixel's number alone: about -1...1 standard deviations most of the time.
float bell(uint32_t x, uint32_t y, uint32_t layer) {
    float sum = 0;
    for (uint32_t i = 0; i < 3; ++i) {
        uint32_t state = (x + y * 16384u + (layer * 3 + i) * 268435399u) * 747796405u + 2891336453u;
        uint32_t word = ((state >> ((state >> 28) + 4)) ^ state) * 277803737u;
        sum += float((word >> 22) ^ word) * (1.f / 4294967296.f) - 0.5f;
    }
    return 2 * sum;
}

}  // namespace

Mounted::Mounted(const cv::Mat &logo, const Fit &fit, const Light &light, CVSCancel cancel)
    : area(fit.reach(3 * double(light.blur()) + 2)), grain(light.grain()) {
    const double aspect = fit.aspect() >= leastOneLine ? oneLine : twoLines;
    const int columns = std::clamp(int(std::lround(fit.height() * aspect * 1.5)), 16, 3000);
    draw(faceOf(logo, aspect, columns, cancel), fit, light, cancel);
}

void Mounted::draw(const cv::Mat &face, const Fit &fit, const Light &light, CVSCancel cancel) {
    drawn.create(area.height, area.width, CV_32FC3);
    for (int y = 0; y < area.height; ++y) {
        stopIfCancelled(cancel);
        float *pixel = drawn.ptr<float>(y);
        for (int x = 0; x < area.width; ++x, pixel += 3) {
            Tint sum{};
            for (int i = 0; i < 4; ++i) {
                const cv::Point2d place =
                    fit.place(area.x + x + (i % 2 ? 0.25 : -0.25), area.y + y + (i / 2 ? 0.25 : -0.25));
                const Tint printed = sample(face, place.x, place.y), lit = light.surface(place.x, place.y);
                for (int c = 0; c < 3; ++c) sum[c] += printed[c] * std::max(lit[c], 24.f) / 255 / 4;
            }
            for (int c = 0; c < 3; ++c) pixel[c] = sum[c];
        }
    }
    if (!area.empty()) blur(drawn, light.blur(), cancel);
}

Tint Mounted::colour(int x, int y) const {
    const float *pixel = drawn.ptr<float>(y - area.y) + 3 * (x - area.x);
    Tint tint{};
    for (int c = 0; c < 3; ++c)
        tint[c] = pixel[c] + grain * (0.8f * bell(uint32_t(x), uint32_t(y), 0) +
                                      0.5f * bell(uint32_t(x), uint32_t(y), uint32_t(c) + 1));
    return tint;
}

}  // namespace cvs
