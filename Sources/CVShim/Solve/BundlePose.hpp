#pragma once
#include <ceres/manifold.h>

#include <Eigen/Geometry>

#include "CVSCamera.h"

namespace cvs {

/// A pose as a block of numbers: a unit quaternion (x, y, z, w) and the translation.
constexpr int poseLength = 7;

/// A pose moves by a turn of the world-to-camera rotation from the left (3) and a shift of the translation (3). Costs
/// give their derivatives by these 6 in the first columns of the block's 7, so the manifold has nothing to multiply.
class PoseManifold final : public ceres::Manifold {
public:
    int AmbientSize() const override { return poseLength; }
    int TangentSize() const override { return 6; }
    bool Plus(const double *pose, const double *step, double *moved) const override;
    bool PlusJacobian(const double *pose, double *jacobian) const override;
    bool Minus(const double *to, const double *from, double *step) const override;
    bool MinusJacobian(const double *pose, double *jacobian) const override;
};

/// The block of a camera's pose, and back.
void packPose(const double *rotation, const double *translation, double *pose);
void unpackPose(const double *pose, double *rotation, double *translation);

}  // namespace cvs
