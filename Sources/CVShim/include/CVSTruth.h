#ifndef CVS_TRUTH_H
#define CVS_TRUTH_H
#include "CVSBase.h"
#include "CVSScene.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// How far an object's own pixels are from what the declared operations make of its photo.
typedef struct CVSDeviation {
    /// How many pixels were compared.
    int64_t pixels;
    /// Over all channels of all compared pixels, in steps of 8 bit: 0...255.
    double maximum, mean;
} CVSDeviation;

/// Compares a composite, before it is encoded, with its source photo under the declared operations alone.
///
/// `source` has 3 channels or 4, `alpha` (1 channel, or the fourth of 4) its size; `composite` has 3. A pixel is
/// compared when everything that its resampling reads is opaque. What it should be is computed here anew from the
/// photo: white balance and tone of each source pixel, means of 2^k x 2^k pixels counted from the corner of the box of
/// all alpha that is not 0, k being the first at which the scale is one half or more, then cubic convolution (Keys
/// 1981, a = -1/2) widened to the scale that is left.
CVSStatus cvs_truth_composite(const CVSImage *source, const CVSImage *alpha, const CVSImage *composite,
                              const CVSPlacement *placement, CVSCancel cancel, CVSDeviation *out,
                              CVSError *error) CVS_NOEXCEPT;

/// Compares a cut-out (4 channels) with its photo (3 channels): where it is opaque the colours must be the photo's.
CVSStatus cvs_truth_cutout(const CVSImage *source, const CVSImage *cutout, CVSCancel cancel, CVSDeviation *out,
                           CVSError *error) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
