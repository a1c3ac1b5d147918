#ifndef CVS_DETECTOR_H
#define CVS_DETECTOR_H
#include "CVSBase.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// A box in pixels of a network's input.
typedef struct CVSPlateBox {
    double x, y, width, height;
    /// 0...1.
    double confidence;
} CVSPlateBox;

/// The boxes of at least `least` confidence in a detector's first output, the surest first, `capacity` at most; of two
/// that share half of their area one. Corrupt for an output of no known form.
///
/// Known are 1 x (4 + classes) x boxes (middle and sides, then classes' shares, as YOLOv8 and its kin), 1 x boxes x 6
/// (two corners, share, class: chosen already) and 1 x boxes x (5 + classes) (middle and sides, whether there is
/// anything, classes' shares, as YOLOv5).
CVSStatus cvs_plates_boxes(const float *values, const int64_t *shape, int32_t rank, double least, CVSPlateBox *boxes,
                           int32_t capacity, int32_t *count, CVSError *error) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
