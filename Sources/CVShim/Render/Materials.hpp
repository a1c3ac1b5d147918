#pragma once
#include "Looks.hpp"

namespace cvs {

/// What one photo says of where panes and wheels are: CV_8UC1 of any size, 255 for surely, stretched over the photo;
/// empty where it says nothing.
struct PartMasks {
    cv::Mat glass, wheels;
};

/// Where a wheel is: a disc across x. Near its axle, on the outside, it is metal.
struct WheelPlace {
    cv::Vec3d axle;
    double radius;
};

/// A CVSMaterial for each triangle, by the votes of all photos that see it and their mirror images: the straighter they
/// look the more they count, a mirrored one half. Small islands and notches give way (graph cuts with Potts' seams).
///
/// `masks` has an entry for every photo; the looks are the photos and, perhaps, their mirror images after them.
std::vector<int> materialsOf(const CVSMesh &mesh, const std::vector<Look> &looks, const std::vector<PartMasks> &masks,
                             const std::vector<WheelPlace> &wheels, CVSCancel cancel);

}  // namespace cvs
