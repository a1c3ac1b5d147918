#include "CVSImage.h"

#include <cstring>

#include "../Guard.hpp"

extern "C" CVS_EXPORT CVSStatus cvs_image_create(const uint8_t *pixels, size_t byte_count, int32_t width,
                                                 int32_t height, int32_t channels, CVSImage **out,
                                                 CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (width < 1 || height < 1 || (channels != 1 && channels != 3 && channels != 4) ||
            byte_count != size_t(width) * size_t(height) * size_t(channels))
            throw cvs::Error{CVSStatusBadArgument, "the byte count does not fit width x height x channels"};
        cv::Mat mat(height, width, CV_8UC(channels));
        std::memcpy(mat.data, pixels, byte_count);
        *out = new CVSImage{mat};
    });
}

extern "C" CVS_EXPORT void cvs_image_destroy(CVSImage *image) noexcept { delete image; }
extern "C" CVS_EXPORT int32_t cvs_image_width(const CVSImage *image) noexcept { return image->mat.cols; }
extern "C" CVS_EXPORT int32_t cvs_image_height(const CVSImage *image) noexcept { return image->mat.rows; }
extern "C" CVS_EXPORT int32_t cvs_image_channels(const CVSImage *image) noexcept { return image->mat.channels(); }
extern "C" CVS_EXPORT const uint8_t *cvs_image_pixels(const CVSImage *image) noexcept { return image->mat.data; }
