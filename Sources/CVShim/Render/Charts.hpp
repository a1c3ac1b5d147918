#pragma once
#include "../Mesh/Mesh.hpp"

namespace cvs {

/// Connected triangles that are seen from one side without hiding each other.
struct Chart {
    /// 0...5: from +x, -x, +y, -y, +z, -z.
    int side;
    std::vector<uint32_t> triangles;
};

std::vector<Chart> chartsOf(const CVSMesh &mesh, CVSCancel cancel);

/// The two axes of a side's picture: a point's coordinates there, in metres, right and down.
cv::Vec2d flattened(const cv::Vec3f &point, int side);

}  // namespace cvs
