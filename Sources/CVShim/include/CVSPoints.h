#ifndef CVS_POINTS_H
#define CVS_POINTS_H
#include "CVSBase.h"
#include "CVSFeatures.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// The part of a picture that a network looks at, in pixels, and the size it sees it at.
typedef struct CVSLook {
    int32_t x, y, width, height;
    /// Multiples of 32.
    int32_t columns, rows;
} CVSLook;

/// All of a picture, or where `mask` (1 channel, the picture's size) is 128 or more with a little round it, with the
/// longer side of about `longest` (64...1024) pixels.
CVSStatus cvs_points_look(const CVSImage *picture, const CVSImage *_Nullable mask, int32_t longest, CVSLook *look,
                          CVSError *error) CVS_NOEXCEPT;

/// The part as one plane of `rows` x `columns` grey values, 0...1.
CVSStatus cvs_points_plane(const CVSImage *picture, const CVSLook *look, float *plane, CVSError *error) CVS_NOEXCEPT;

enum {
    /// Planes that XFeat gives: 64 of descriptors, 64 with the chance of a keypoint at each place of a cell of 8 x 8
    /// pixels, one with how far to trust it.
    CVSPointsPlanes = 129,
    /// What LighterGlue wants of a keypoint: x and y from the middle in halves of the longer side, 1, the descriptor.
    CVSPointsColumns = 67,
};

typedef struct CVSPointsOptions {
    /// The best of more are kept.
    int32_t most;
    /// Least chance of a keypoint, 0...1.
    double chance;
} CVSPointsOptions;

/// Chooses keypoints in the planes that XFeat (Potje and others, CVPR 2024) gave for a look, each of rows / 8 x
/// columns / 8 values: places more likely than all within 2 pixels, refined between pixels by a parabola, those with
/// the greatest chance times trust first. None where `mask` is below 128.
///
/// `list` and `table` have room for `most` features and `most` x CVSPointsColumns values; `count` says how many were
/// found.
CVSStatus cvs_points_choose(const CVSImage *picture, const CVSImage *_Nullable mask, const CVSLook *look,
                            const float *planes, const CVSPointsOptions *options, CVSFeature *list, float *table,
                            int32_t *count, CVSCancel cancel, CVSError *error) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
