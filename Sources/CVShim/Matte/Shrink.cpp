#include "Shrink.hpp"

#include <algorithm>
#include <vector>

namespace cvs {

cv::Mat shrunk(const cv::Mat &from, int factor, CVSCancel cancel) {
    if (factor < 2) return from;
    const int channels = from.channels();
    const int width = (from.cols + factor - 1) / factor, height = (from.rows + factor - 1) / factor;
    const size_t samples = size_t(from.cols) * size_t(channels);
    std::vector<uint32_t> sums(samples);
    cv::Mat to(height, width, from.type());
    for (int y = 0; y < height; ++y) {
        stopIfCancelled(cancel);
        const int top = y * factor, bottom = std::min(from.rows, top + factor);
        std::fill(sums.begin(), sums.end(), 0u);
        for (int row = top; row < bottom; ++row) {
            const uint8_t *pixels = from.ptr(row);
            for (size_t i = 0; i < samples; ++i) sums[i] += pixels[i];
        }
        uint8_t *line = to.ptr(y);
        for (int x = 0; x < width; ++x) {
            const int left = x * factor, right = std::min(from.cols, left + factor);
            const uint32_t count = uint32_t((right - left) * (bottom - top));
            for (int c = 0; c < channels; ++c) {
                uint32_t sum = count / 2;
                for (int column = left; column < right; ++column) sum += sums[size_t(column * channels + c)];
                *line++ = uint8_t(sum / count);
            }
        }
    }
    return to;
}

cv::Rect within(const cv::Mat &picture, CVSRect rect) {
    const cv::Rect inside(rect.x, rect.y, rect.width, rect.height);
    if (rect.width < 1 || rect.height < 1 || rect.x < 0 || rect.y < 0 || rect.x > picture.cols - rect.width ||
        rect.y > picture.rows - rect.height)
        throw Error{CVSStatusBadArgument, "the rectangle does not lie inside the picture"};
    return inside;
}

}  // namespace cvs
