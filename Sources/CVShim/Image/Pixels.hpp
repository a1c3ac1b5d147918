#pragma once
#include "../Guard.hpp"
#include "CVSCodec.h"
#include "CVSImage.h"

namespace cvs {

/// Separable resampling with the kernel widened to the source's scale, in float, alpha-weighted for 4 channels.
cv::Mat resized(const cv::Mat &from, int width, int height, CVSFilter filter, CVSCancel cancel);

/// The picture with the channels that a layout asks for.
cv::Mat inLayout(const cv::Mat &from, CVSLayout layout);

/// 3 channels of a 4-channel picture over one colour; grey and colour pass through.
cv::Mat flattened(const cv::Mat &from, CVSColour colour);

}  // namespace cvs
