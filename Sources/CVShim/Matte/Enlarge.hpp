#pragma once
#include <opencv2/core.hpp>

namespace cvs {

/// A map of values 0...1 (CV_32F) at another size, cell centres aligned, by Keys' cubic convolution (1981).
cv::Mat enlarged(const cv::Mat &map, int width, int height);

}  // namespace cvs
