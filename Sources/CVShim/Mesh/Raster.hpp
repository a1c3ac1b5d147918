#pragma once
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>

#include "Camera.hpp"
#include "Mesh.hpp"

namespace cvs {

/// What a camera sees of a mesh in each of its pixels.
struct Raster {
    /// CV_32F: the depth along the camera's z axis in metres; infinite where there is nothing.
    cv::Mat depth;
    /// CV_32S: the triangle; -1 where there is nothing.
    cv::Mat triangle;
};

/// Draws a mesh in depth only. Triangles that reach behind the camera are left out; lines are straight between
/// projected corners, which small triangles make right under distortion too.
Raster rastered(const CVSMesh &mesh, const CVSCamera &camera, CVSCancel cancel);

/// Calls `paint(x, y, weights)` for every whole-numbered point inside a triangle of the plane, the weights being those
/// of its corners there. A point on a side that two triangles share belongs to at least one of them.
template <typename Paint>
void fillTriangle(const cv::Vec2d corners[3], int width, int height, Paint &&paint) {
    const cv::Vec2d &a = corners[0], &b = corners[1], &c = corners[2];
    const double area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    if (area == 0 || !std::isfinite(area)) return;
    const double low = std::min(a[1], std::min(b[1], c[1])), high = std::max(a[1], std::max(b[1], c[1]));
    const double left = std::min(a[0], std::min(b[0], c[0])), right = std::max(a[0], std::max(b[0], c[0]));
    if (high < 0 || right < 0 || low > height - 1 || left > width - 1) return;
    const int top = int(std::ceil(std::max(low, 0.0))), bottom = int(std::floor(std::min(high, height - 1.0)));
    const int first = int(std::ceil(std::max(left, 0.0))), last = int(std::floor(std::min(right, width - 1.0)));
    constexpr double edge = -1e-9;
    for (int y = top; y <= bottom; ++y) {
        for (int x = first; x <= last; ++x) {
            const double v = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area;
            const double w = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area;
            const double u = 1 - v - w;
            if (u < edge || v < edge || w < edge) continue;
            paint(x, y, cv::Vec3d(u, v, w));
        }
    }
}

}  // namespace cvs
