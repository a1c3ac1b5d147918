#pragma once
#include <Eigen/Core>
#include <vector>

#include "CVSBundle.h"

struct CVSBundle {
    std::vector<CVSCamera> cameras;
    std::vector<int32_t> opticsOf;
    std::vector<uint8_t> held;
    std::vector<CVSOptics> optics;
    std::vector<double> points;
    std::vector<CVSSighting> sightings;
    std::vector<CVSPosePrior> priors;
};

namespace cvs {

/// A camera's axes and where a point is seen by it.
struct BundleView {
    const CVSCamera &camera;
    Eigen::Matrix<double, 3, 3, Eigen::RowMajor> rotation;
    Eigen::Vector3d translation, centre;

    explicit BundleView(const CVSCamera &camera)
        : camera(camera),
          rotation(Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(camera.rotation)),
          translation(Eigen::Map<const Eigen::Vector3d>(camera.translation)),
          centre(-rotation.transpose() * translation) {}

    Eigen::Vector3d seen(const Eigen::Vector3d &point) const { return rotation * point + translation; }

    /// In pixels, of what lies in front.
    Eigen::Vector2d pixel(const Eigen::Vector3d &seen) const {
        const double x = seen.x() / seen.z(), y = seen.y() / seen.z(), square = x * x + y * y;
        const double stretch = camera.focal * (1 + square * (camera.k1 + square * camera.k2));
        return {camera.principal[0] + stretch * x, camera.principal[1] + stretch * y};
    }
};

}  // namespace cvs
