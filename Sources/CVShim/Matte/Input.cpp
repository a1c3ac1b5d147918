#include <algorithm>

#include "../Image/Pixels.hpp"
#include "Shrink.hpp"

namespace {

constexpr float mean[3] = {0.485f, 0.456f, 0.406f}, deviation[3] = {0.229f, 0.224f, 0.225f};

uint8_t brightest(const cv::Mat &picture) {
    uint8_t found = 1;
    for (int y = 0; y < picture.rows; ++y) {
        const uint8_t *row = picture.ptr(y);
        found = std::max(found, *std::max_element(row, row + picture.cols * 3));
    }
    return found;
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_matte_input(const CVSImage *picture, CVSRect rect, int32_t width, int32_t height,
                                                float *planes, CVSCancel cancel, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (picture->mat.channels() != 3) throw cvs::Error{CVSStatusBadArgument, "the picture must have 3 channels"};
        if (std::min(width, height) < 1 || std::max(width, height) > 1024)
            throw cvs::Error{CVSStatusBadArgument, "a side must be from 1 to 1024"};
        const cv::Mat part = picture->mat(cvs::within(picture->mat, rect));
        // Means of blocks first, down to twice the wanted size or more: Lanczos over all pixels would cost ten times
        // it.
        const int factor = std::max(1, std::min(part.cols / width, part.rows / height) / 2);
        const cv::Mat small = cvs::resized(cvs::shrunk(part, factor, cancel), width, height, CVSFilterLanczos, cancel);
        const float scale = 1.0f / float(brightest(small));
        const size_t plane = size_t(width) * size_t(height);
        for (int y = 0; y < height; ++y) {
            const uint8_t *row = small.ptr(y);
            float *line = planes + size_t(y) * size_t(width);
            for (int x = 0; x < width; ++x, ++line)
                for (size_t c = 0; c < 3; ++c) line[c * plane] = (float(*row++) * scale - mean[c]) / deviation[c];
        }
    });
}
