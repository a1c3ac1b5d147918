#pragma once
#include <functional>
#include <vector>

#include "../Mesh/Mesh.hpp"

namespace cvs {

/// A side between two triangles.
struct Seam {
    int first, second;
    uint32_t vertices[2];
    double length;
};

std::vector<Seam> seamsOf(const CVSMesh &mesh);

/// A label for each triangle so that what labels cost, `costs[triangle * labels + label]`, and what seams between
/// unequal ones cost is least: alpha expansion (Boykov, Veksler and Zabih 2001). `seamCost` is 0 for equal labels and
/// keeps the triangle inequality.
std::vector<int> labelled(const std::vector<float> &costs, size_t labels, const std::vector<Seam> &seams,
                          const std::function<float(const Seam &, int, int)> &seamCost, CVSCancel cancel);

}  // namespace cvs
