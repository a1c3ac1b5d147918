#include <algorithm>

#include "../Image/Pixels.hpp"
#include "../Matte/Shrink.hpp"
#include "CVSPlates.h"

namespace {

/// Three planes of a picture, one after the other, in the order and range that the network wants.
void separate(const cv::Mat &colours, CVSPlanes kind, float *planes) {
    const size_t plane = size_t(colours.cols) * size_t(colours.rows);
    const float scale = (kind == CVSPlanesText ? 2.0f : 1.0f) / 255, shift = kind == CVSPlanesText ? -1.0f : 0.0f;
    for (int y = 0; y < colours.rows; ++y) {
        const uint8_t *row = colours.ptr(y);
        float *line = planes + size_t(y) * size_t(colours.cols);
        for (int x = 0; x < colours.cols; ++x, ++line)
            for (size_t c = 0; c < 3; ++c)
                line[(kind == CVSPlanesText ? 2 - c : c) * plane] = float(*row++) * scale + shift;
    }
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_plates_input(const CVSImage *picture, CVSRect rect, int32_t width, int32_t height,
                                                 CVSPlanes kind, float *planes, CVSCancel cancel,
                                                 CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (picture->mat.channels() != 3) throw cvs::Error{CVSStatusBadArgument, "the picture must have 3 channels"};
        if (std::min(width, height) < 1 || std::max(width, height) > 4096)
            throw cvs::Error{CVSStatusBadArgument, "a side must be from 1 to 4096"};
        const cv::Mat part = picture->mat(cvs::within(picture->mat, rect));
        // Means of blocks first: a filter over all pixels would cost several times as much.
        const int factor = std::max(1, std::min(part.cols / width, part.rows / height));
        const cv::Mat small = cvs::shrunk(part, factor, cancel);
        separate(cvs::resized(small, width, height, CVSFilterLinear, cancel), kind, planes);
    });
}
