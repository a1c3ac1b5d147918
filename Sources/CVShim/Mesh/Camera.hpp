#pragma once
#include <cmath>
#include <opencv2/core.hpp>

#include "CVSCamera.h"

namespace cvs {

/// A place in a picture and how far it is along the camera's z axis; behind the camera for depth <= 0.
struct Seen {
    double x, y, depth;
};

inline cv::Vec3d directionTo(const CVSCamera &camera, const cv::Vec3d &point) {
    const double *r = camera.rotation, *t = camera.translation;
    return {r[0] * point[0] + r[1] * point[1] + r[2] * point[2] + t[0],
            r[3] * point[0] + r[4] * point[1] + r[5] * point[2] + t[1],
            r[6] * point[0] + r[7] * point[1] + r[8] * point[2] + t[2]};
}

inline Seen see(const CVSCamera &camera, const cv::Vec3d &point) {
    const cv::Vec3d d = directionTo(camera, point);
    if (d[2] <= 0) return {0, 0, d[2]};
    const double x = d[0] / d[2], y = d[1] / d[2], square = x * x + y * y;
    const double scale = camera.focal * (1 + square * (camera.k1 + square * camera.k2));
    return {camera.principal[0] + scale * x, camera.principal[1] + scale * y, d[2]};
}

/// Where the camera stands.
inline cv::Vec3d centreOf(const CVSCamera &camera) {
    const double *r = camera.rotation, *t = camera.translation;
    return {-(r[0] * t[0] + r[3] * t[1] + r[6] * t[2]), -(r[1] * t[0] + r[4] * t[1] + r[7] * t[2]),
            -(r[2] * t[0] + r[5] * t[1] + r[8] * t[2])};
}

/// The world's direction of a direction in the camera's axes.
inline cv::Vec3d turnedBack(const CVSCamera &camera, const cv::Vec3d &d) {
    const double *r = camera.rotation;
    return {r[0] * d[0] + r[3] * d[1] + r[6] * d[2], r[1] * d[0] + r[4] * d[1] + r[7] * d[2],
            r[2] * d[0] + r[5] * d[1] + r[8] * d[2]};
}

/// The camera that sees the mirror image in x = 0 of what this one sees, each point at the same pixel.
///
/// Its rotation is a mirroring (determinant -1): it is good for projecting alone.
inline CVSCamera mirrored(CVSCamera camera) {
    for (int row = 0; row < 3; ++row) camera.rotation[3 * row] = -camera.rotation[3 * row];
    return camera;
}

/// The same camera with its picture at another size of the same shape.
inline CVSCamera scaled(CVSCamera camera, int width, int height) {
    const double factor = double(width) / camera.width;
    camera.width = width;
    camera.height = height;
    camera.focal *= factor;
    for (double &value : camera.principal) value = (value + 0.5) * factor - 0.5;
    return camera;
}

}  // namespace cvs
