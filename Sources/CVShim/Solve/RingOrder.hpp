#pragma once
#include "RingModel.hpp"

namespace cvs::ring {

/// Ways to set the views at equal angles, best first: each says for every view at which place it stands. The first view
/// always stands first; a way and its reverse are two ways.
std::vector<std::vector<int>> likelyPlacings(const std::vector<View> &views, int count, CVSCancel cancel);

}  // namespace cvs::ring
