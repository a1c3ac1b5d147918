#include <algorithm>

#include "../Image/Pixels.hpp"
#include "Enlarge.hpp"
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

/// A part of a 3-channel picture at another size.
cv::Mat seen(const CVSImage *picture, CVSRect rect, int width, int height, CVSCancel cancel) {
    if (picture->mat.channels() != 3) throw cvs::Error{CVSStatusBadArgument, "the picture must have 3 channels"};
    if (std::min(width, height) < 1 || std::max(width, height) > 1024)
        throw cvs::Error{CVSStatusBadArgument, "a side must be from 1 to 1024"};
    const cv::Mat part = picture->mat(cvs::within(picture->mat, rect));
    // Means of blocks first, down to twice the wanted size or more: Lanczos over all pixels would cost ten times it.
    const int factor = std::max(1, std::min(part.cols / width, part.rows / height) / 2);
    return cvs::resized(cvs::shrunk(part, factor, cancel), width, height, CVSFilterLanczos, cancel);
}

/// Three planes, one after the other, of the colours times `scale`, normalised.
void separate(const cv::Mat &colours, float scale, float *planes) {
    const size_t plane = size_t(colours.cols) * size_t(colours.rows);
    for (int y = 0; y < colours.rows; ++y) {
        const uint8_t *row = colours.ptr(y);
        float *line = planes + size_t(y) * size_t(colours.cols);
        for (int x = 0; x < colours.cols; ++x, ++line)
            for (size_t c = 0; c < 3; ++c) line[c * plane] = (float(*row++) * scale - mean[c]) / deviation[c];
    }
}

/// A map whose least value becomes 0 and whose largest 1.
cv::Mat stretched(const cv::Mat &map) {
    double low = 0, high = 0;
    cv::minMaxLoc(map, &low, &high);
    cv::Mat to;
    map.convertTo(to, CV_32F, 1 / std::max(high - low, 1e-6), -low / std::max(high - low, 1e-6));
    return to;
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_matte_input(const CVSImage *picture, CVSRect rect, int32_t width, int32_t height,
                                                float *planes, CVSCancel cancel, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        const cv::Mat small = seen(picture, rect, width, height, cancel);
        separate(small, 1.0f / float(brightest(small)), planes);
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_matte_colours(const CVSImage *picture, CVSRect rect, int32_t width, int32_t height,
                                                  float *planes, CVSCancel cancel, CVSError *error) noexcept {
    return cvs::guarded(error, [&] { separate(seen(picture, rect, width, height, cancel), 1.0f / 255, planes); });
}

extern "C" CVS_EXPORT CVSStatus cvs_matte_plane(const float *map, int32_t map_width, int32_t map_height, int32_t width,
                                                int32_t height, float *plane, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (map_width < 1 || map_height < 1) throw cvs::Error{CVSStatusBadArgument, "the map has no cells"};
        const cv::Mat cells = stretched(cv::Mat(map_height, map_width, CV_32F, const_cast<float *>(map)));
        cvs::enlarged(cells, width, height).copyTo(cv::Mat(height, width, CV_32F, plane));
    });
}
