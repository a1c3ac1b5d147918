#pragma once
#include "Mesh.hpp"

namespace cvs {

/// About as many triangles as asked for, the shape, border and two-manifoldness kept, normals handed on (quadric
/// errors, Garland and Heckbert 1997, in meshoptimizer).
CVSMesh simplified(const CVSMesh &mesh, size_t triangles, CVSCancel cancel);

/// The vertices at sides that do not belong to exactly two triangles, running through them in opposite directions.
std::vector<uint32_t> verticesOfOpenSides(const std::vector<Triangle> &triangles);

/// How many vertices have triangles that are not one ring.
size_t pinchedVertices(const CVSMesh &mesh);

}  // namespace cvs
