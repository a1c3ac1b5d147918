#pragma once
#include <vector>

#include "Mesh.hpp"

namespace cvs {

/// A photo's wheels: CV_8UC1 of any size, stretched over the camera's picture, 255 for surely.
struct WheelView {
    CVSCamera camera;
    cv::Mat wheels;
};

struct WheelsFound {
    /// Front left, front right, rear left, rear right; or none.
    std::vector<CVSWheel> wheels;
    /// Between the axles, and one standard deviation of it, in the mesh's unit.
    double wheelbase = 0, error = 0;
};

/// Where the four wheels of a car that stands on y = 0 along z are.
///
/// A wheel's outer face is a disc across x that stands on the ground; where it lies along z depends, in each photo, on
/// how far out it is. So the middles that all photos see from the side, both sides as one, give the axles and how far
/// out the faces are, by robust least squares. What is no disc of a wheel's size at a wheel's place is left out.
WheelsFound foundWheels(const CVSMesh &mesh, const std::vector<WheelView> &views, CVSCancel cancel);

}  // namespace cvs
