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

typedef enum __attribute__((enum_extensibility(closed))) CVSFilter : int32_t {
    /// Box of one target pixel: exact means when shrinking, no ringing.
    CVSFilterArea = 0,
    /// Lanczos with 3 lobes: sharpest; overshoots a little beside hard edges.
    CVSFilterLanczos,
    /// Triangle: smooth, never overshoots; for masks and for enlarging alpha.
    CVSFilterLinear,
} CVSFilter;

/// sRGB; `a` counts only where the result has alpha.
typedef struct CVSColour {
    uint8_t r, g, b, a;
} CVSColour;

/// Resamples to exactly width x height in sRGB values, colour weighted by alpha. The same bits on every CPU.
CVSStatus cvs_resize(const CVSImage *image, int32_t width, int32_t height, CVSFilter filter, CVSCancel cancel,
                     CVSImage *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;
/// The rectangle must lie inside.
CVSStatus cvs_crop(const CVSImage *image, int32_t x, int32_t y, int32_t width, int32_t height,
                   CVSImage *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;
/// Sets the picture at (x, y) of a canvas of `colour`; all of it must fit. Grey uses `colour.r`.
CVSStatus cvs_pad(const CVSImage *image, int32_t x, int32_t y, int32_t width, int32_t height, CVSColour colour,
                  CVSImage *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;
/// Composites a picture with alpha over one colour: 3 channels. Pictures without alpha are copied.
CVSStatus cvs_flatten(const CVSImage *image, CVSColour colour, CVSImage *_Nullable *_Nonnull out,
                      CVSError *error) CVS_NOEXCEPT;
/// 1, 3 or 4 channels, see CVSLayout.
CVSStatus cvs_convert(const CVSImage *image, int32_t channels, CVSImage *_Nullable *_Nonnull out,
                      CVSError *error) CVS_NOEXCEPT;
/// One channel as a grey picture.
CVSStatus cvs_extract(const CVSImage *image, int32_t channel, CVSImage *_Nullable *_Nonnull out,
                      CVSError *error) CVS_NOEXCEPT;
/// Left for right.
CVSStatus cvs_mirror(const CVSImage *image, CVSImage *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;
/// The colours of `image` with `alpha` (1 channel, equal size) as straight alpha; an earlier alpha is replaced.
CVSStatus cvs_with_alpha(const CVSImage *image, const CVSImage *alpha, CVSImage *_Nullable *_Nonnull out,
                         CVSError *error) CVS_NOEXCEPT;
/// A copy of `base` with `over` composited at (x, y), which may lie partly outside. Both in base's layout or `over`
/// with alpha; the result has base's channels (Porter and Duff 1984, "over").
CVSStatus cvs_paste(const CVSImage *base, const CVSImage *over, int32_t x, int32_t y, CVSImage *_Nullable *_Nonnull out,
                    CVSError *error) CVS_NOEXCEPT;

/// Pixels; all 0 when there is nothing.
typedef struct CVSBox {
    int32_t x, y, width, height;
} CVSBox;

/// The smallest box around every sample >= `threshold` of a 1-channel picture.
CVSStatus cvs_bounds(const CVSImage *mask, uint8_t threshold, CVSBox *box, CVSError *error) CVS_NOEXCEPT;
/// Mean structural similarity of two pictures' luma, -1...1, with the 11 x 11 Gaussian window of sigma 1.5
/// (Wang, Bovik, Sheikh, Simoncelli 2004). Sizes must be equal; sides below 11 use the largest odd window that fits.
CVSStatus cvs_ssim(const CVSImage *a, const CVSImage *b, double *similarity, CVSError *error) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
