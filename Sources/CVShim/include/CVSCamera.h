#ifndef CVS_CAMERA_H
#define CVS_CAMERA_H
#include "CVSBase.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A camera: the world point X is seen in the direction d = R X + t, at principal + focal s (d.x, d.y) / d.z with
/// s = 1 + k1 r^2 + k2 r^4 and r = |(d.x, d.y)| / d.z. Axes x right, y down, z forwards; pixel centres at whole
/// numbers.
typedef struct CVSCamera {
    int32_t width, height;
    /// Focal length in pixels.
    double focal;
    /// The principal point in pixels.
    double principal[2];
    double k1, k2;
    /// World to camera, row by row.
    double rotation[9];
    /// The world's origin in the camera's axes.
    double translation[3];
} CVSCamera;

#ifdef __cplusplus
}
#endif
#endif
