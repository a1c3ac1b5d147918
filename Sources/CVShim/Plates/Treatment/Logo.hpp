#pragma once
#include "Fill.hpp"

namespace cvs {

/// A picture that hangs where the plate hung: in its perspective, its light, as sharp and as grainy as the photo.
class Mounted : public Fill {
public:
    Mounted(const cv::Mat &logo, const Fit &fit, const Light &light, CVSCancel cancel);
    Tint colour(int x, int y) const override;

private:
    cv::Rect area;
    cv::Mat drawn;
    float grain;

    void draw(const cv::Mat &face, const Fit &fit, const Light &light, CVSCancel cancel);
};

}  // namespace cvs
