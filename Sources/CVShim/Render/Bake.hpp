#pragma once
#include "Atlas.hpp"
#include "Blend.hpp"

namespace cvs {

/// Paints the atlas: CV_8UC3, R first. What lies between the charts goes on from their borders.
cv::Mat baked(const CVSMesh &mesh, const Atlas &atlas, const std::vector<Look> &looks, const Blend &blend,
              CVSCancel cancel);

}  // namespace cvs
