#pragma once
#include "CVSDense.h"
#include "DepthView.hpp"

namespace cvs {

/// Says of each pixel how far its depth can be trusted: by its cost, and by how many other views find the same depth
/// where they see it. Small islands are not trusted.
void judge(std::vector<DepthView> &views, CVSCancel cancel);

/// One point for all pixels that show the same place; of those that at least `least` views agree on.
std::vector<CVSDensePoint> fused(const std::vector<DepthView> &views, int least, CVSCancel cancel);

}  // namespace cvs
