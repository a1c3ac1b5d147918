#pragma once
#include <opencv2/core.hpp>
#include <vector>

#include "CVSBase.h"
#include "Mesh.hpp"

namespace cvs {

/// A box with its sides along the axes.
struct Box {
    cv::Vec3d low, high;
};

/// Signed distances in metres, inside positive, on the nodes of a grid of cubes; x runs fastest.
struct Grid {
    cv::Vec3d origin;
    double step = 0;
    int nx = 0, ny = 0, nz = 0;
    std::vector<float> values;

    size_t index(int x, int y, int z) const { return (size_t(z) * size_t(ny) + size_t(y)) * size_t(nx) + size_t(x); }
    float &at(int x, int y, int z) { return values[index(x, y, z)]; }
    float at(int x, int y, int z) const { return values[index(x, y, z)]; }
    cv::Vec3d place(int x, int y, int z) const { return origin + step * cv::Vec3d(x, y, z); }
};

/// The surface where the values change their sign: closed and two-manifold as long as no node of the border is inside.
///
/// Marching cubes (Lorensen and Cline 1987) with the cases made from one rule: on a face with two ways to go, the
/// inside corners are parted (as Nielson and Hamann 1991 show, one answer a face keeps neighbours together).
CVSMesh contoured(const Grid &grid, CVSCancel cancel);

}  // namespace cvs
