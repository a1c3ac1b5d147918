#ifndef CVS_CONTOUR_H
#define CVS_CONTOUR_H
#include "CVSBase.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// The closed border lines of an alpha. Never changes; one owner, any thread.
typedef struct CVSContours CVSContours;

/// A place in pixels, pixel centres at whole numbers; `cut` where the line is the picture's border, not the object's.
typedef struct CVSContourPoint {
    float x, y;
    bool cut;
} CVSContourPoint;

/// Traces where an 8-bit alpha crosses one half, between pixels (marching squares: Lorensen, Cline 1987, in the plane).
///
/// Beyond the picture alpha counts as 0, so every line is closed; it is half a pixel outside of the border there. Lines
/// round less than `least_area` square pixels are left out. Longest first, the object to the left of the line.
CVSStatus cvs_contours_trace(const CVSImage *alpha, double least_area, CVSCancel cancel,
                             CVSContours *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;
void cvs_contours_destroy(CVSContours *contours) CVS_NOEXCEPT;

int32_t cvs_contours_count(const CVSContours *contours) CVS_NOEXCEPT;

/// One line's points, valid while the contours live, and its signed area in square pixels: negative round a hole.
const CVSContourPoint *cvs_contours_line(const CVSContours *contours, int32_t index, int32_t *count,
                                         double *area) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
