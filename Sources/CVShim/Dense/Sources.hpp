#pragma once
#include <utility>
#include <vector>

#include "DepthView.hpp"

namespace cvs {

/// Which view sees which of the points that are known beforehand.
using Sightings = std::vector<std::pair<int, int>>;

/// Chooses for each view the range of its depths and up to `most` others to compare with: those that share many points
/// with it, seen under angles of some ten degrees. A view without any such keeps no source.
void chooseSources(std::vector<DepthView> &views, const std::vector<cv::Vec3d> &points, const Sightings &sightings,
                   size_t most);

}  // namespace cvs
