#ifndef CVS_IMAGE_H
#define CVS_IMAGE_H
#include "CVSBase.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// Copies `byte_count` = width x height x channels bytes, rows top to bottom without padding.
CVSStatus cvs_image_create(const uint8_t *pixels, size_t byte_count, int32_t width, int32_t height, int32_t channels,
                           CVSImage *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;
void cvs_image_destroy(CVSImage *image) CVS_NOEXCEPT;
int32_t cvs_image_width(const CVSImage *image) CVS_NOEXCEPT;
int32_t cvs_image_height(const CVSImage *image) CVS_NOEXCEPT;
int32_t cvs_image_channels(const CVSImage *image) CVS_NOEXCEPT;
/// Continuous rows; valid while the image lives.
const uint8_t *cvs_image_pixels(const CVSImage *image) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
