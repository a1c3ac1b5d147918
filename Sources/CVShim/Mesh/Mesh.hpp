#pragma once
#include <array>
#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

#include "../Guard.hpp"
#include "CVSMesh.h"

namespace cvs {

using Triangle = std::array<uint32_t, 3>;

}  // namespace cvs

/// Triangles, counter-clockwise seen from outside.
struct CVSMesh {
    std::vector<cv::Vec3f> vertices;
    /// Of unit length, one a vertex; or none.
    std::vector<cv::Vec3f> normals;
    std::vector<cvs::Triangle> triangles;
};

namespace cvs {

/// Unit normals, each triangle weighing with its angle at the vertex (Thürmer and Wüthrich 1998); (0, 1, 0) where there
/// is none.
std::vector<cv::Vec3f> vertexNormals(const CVSMesh &mesh);

/// The neighbours of each vertex: those of vertex i at `of[begin[i]]` up to `of[begin[i + 1]]`, in rising order.
struct Neighbours {
    std::vector<uint32_t> begin, of;
};
Neighbours neighboursOf(const CVSMesh &mesh);

/// The part of connected triangles with the largest area, without unused vertices.
CVSMesh largestPart(const CVSMesh &mesh);

/// The mesh without vertices that no triangle uses; the others keep their order.
CVSMesh compacted(const CVSMesh &mesh);

}  // namespace cvs
