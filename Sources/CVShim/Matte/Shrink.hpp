#pragma once
#include "../Guard.hpp"
#include "CVSMatte.h"

namespace cvs {

/// Means of `factor` x `factor` blocks, rounded; blocks at the right and lower border may be smaller. Whole numbers
/// throughout, so the same bits on every CPU.
cv::Mat shrunk(const cv::Mat &from, int factor, CVSCancel cancel);

/// Throws unless `rect` has pixels and lies inside `picture`.
cv::Rect within(const cv::Mat &picture, CVSRect rect);

}  // namespace cvs
