#pragma once
#include <memory>

#include "Light.hpp"

namespace cvs {

/// What stands in a plate's place; a colour for every pixel of the photo.
class Fill {
public:
    virtual ~Fill() = default;
    virtual Tint colour(int x, int y) const = 0;
};

/// - Parameter logo: CV_8UC3 or CV_8UC4; empty where no cover needs one.
std::unique_ptr<Fill> fill(const CVSCover &cover, const Fit &fit, const Light &light, const cv::Mat &logo,
                           CVSCancel cancel);

}  // namespace cvs
