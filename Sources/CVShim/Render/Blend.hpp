#pragma once
#include "Looks.hpp"

namespace cvs {

/// How the looks mix at the vertices, in two bands as Baumberg 2002 does: detail changes from look to look within a few
/// centimetres of a seam, the colour without detail over a good part of the car.
struct Blend {
    size_t looks = 0;
    /// Look l's share of the detail at vertex v: `shares[v * looks + l]`; they add up to 1, or 0 where nothing is seen.
    std::vector<float> shares;
    /// What to add to look l at vertex v so that its colour without detail is the mixed one.
    std::vector<cv::Vec3f> corrections;
    /// A plausible colour for what no photo shows: the paint round about, and dark beneath.
    std::vector<cv::Vec3f> fill;
};

Blend blended(const CVSMesh &mesh, const std::vector<Look> &looks, const std::vector<int> &labels, CVSCancel cancel);

}  // namespace cvs
