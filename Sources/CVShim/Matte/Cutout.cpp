#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "Shrink.hpp"

namespace {

/// Colours are gathered at this size of the object's part, in windows of this half width.
constexpr int workingSide = 800, radius = 6;

/// Colour x weight and the weight, both averaged: 4 channels.
cv::Mat gathered(const cv::Mat &colour, const cv::Mat &alpha, bool foreground) {
    cv::Mat sums(colour.size(), CV_32FC4);
    for (int y = 0; y < colour.rows; ++y) {
        const uint8_t *pixel = colour.ptr(y), *a = alpha.ptr(y);
        float *to = sums.ptr<float>(y);
        for (int x = 0; x < colour.cols; ++x, pixel += 3, to += 4) {
            // Squared, so that nearly pure pixels decide.
            const float share = float(foreground ? a[x] : 255 - a[x]) / 255, weight = share * share;
            for (int c = 0; c < 3; ++c) to[c] = weight * float(pixel[c]);
            to[3] = weight;
        }
    }
    cv::boxFilter(sums, sums, CV_32F, {2 * radius + 1, 2 * radius + 1}, {-1, -1}, true, cv::BORDER_REFLECT);
    return sums;
}

uint8_t byte(float value) { return uint8_t(std::min(255.0f, std::max(0.0f, value + 0.5f))); }

/// The object's own colour where it covers the share `a` of a pixel: F = F' + a (I - a F' - (1 - a) B').
void unmix(const uint8_t *pixel, float a, const float *front, const float *back, uint8_t *to) {
    for (int c = 0; c < 3; ++c) {
        const float seen = float(pixel[c]);
        const float f = front[3] > 1e-4f ? front[c] / front[3] : seen, b = back[3] > 1e-4f ? back[c] / back[3] : seen;
        to[c] = byte(f + a * (seen - a * f - (1 - a) * b));
    }
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_matte_cutout(const CVSImage *picture, const CVSImage *alpha, CVSCancel cancel,
                                                 CVSImage **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        const cv::Mat &colour = picture->mat, &matte = alpha->mat;
        if (colour.channels() != 3 || matte.channels() != 1 || colour.size() != matte.size())
            throw cvs::Error{CVSStatusBadArgument, "a picture of 3 channels and an alpha of its size are needed"};
        cv::Mat to(colour.size(), CV_8UC4, cv::Scalar::all(0));
        const cv::Rect box = cv::boundingRect(matte);
        if (box.empty()) return *out = new CVSImage{to}, void();

        const cv::Mat part = colour(box), cover = matte(box);
        const int factor = std::max(1, (std::max(box.width, box.height) + workingSide - 1) / workingSide);
        const cv::Mat small = cvs::shrunk(part, factor, cancel), smallCover = cvs::shrunk(cover, factor, cancel);
        const cv::Mat front = gathered(small, smallCover, true), back = gathered(small, smallCover, false);
        for (int y = 0; y < box.height; ++y) {
            if (y % 64 == 0) cvs::stopIfCancelled(cancel);
            const uint8_t *pixel = part.ptr(y), *a = cover.ptr(y);
            const float *fronts = front.ptr<float>(y / factor), *backs = back.ptr<float>(y / factor);
            uint8_t *line = to.ptr(box.y + y) + 4 * box.x;
            for (int x = 0; x < box.width; ++x, pixel += 3, line += 4) {
                if (a[x] == 0) continue;
                line[3] = a[x];
                if (a[x] == 255)
                    std::copy(pixel, pixel + 3, line);
                else
                    unmix(pixel, float(a[x]) / 255, fronts + 4 * (x / factor), backs + 4 * (x / factor), line);
            }
        }
        *out = new CVSImage{to};
    });
}
