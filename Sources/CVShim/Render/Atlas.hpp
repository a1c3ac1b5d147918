#pragma once
#include "../Mesh/Mesh.hpp"

namespace cvs {

/// Where each triangle lies in a square picture.
struct Atlas {
    int size = 0;
    /// One corner of one triangle: which vertex of the mesh, and where in the picture, in its pixels.
    struct Corner {
        uint32_t vertex;
        cv::Vec2f place;
    };
    std::vector<Corner> corners;
    /// The mesh's triangles, in their order, as three corners each.
    std::vector<Triangle> triangles;
    /// Pixels a metre.
    double density = 0;
};

/// Unfolds a mesh into charts: connected triangles seen from one of the six sides of space, none lying on another, set
/// into the picture as large as fits. What looks down is a quarter as fine, for nobody looks at it.
///
/// Texels are at most 1 / `finest` metres.
Atlas unfolded(const CVSMesh &mesh, int size, double finest, CVSCancel cancel);

}  // namespace cvs
