#pragma once
#include <ceres/sized_cost_function.h>

#include "BundlePose.hpp"
#include "CVSBundle.h"

namespace cvs {

/// Optics as a block of numbers: focal, k1, k2, principal x and y.
constexpr int opticsLength = 5;

/// A point is seen where it was sighted: 2 residuals in standard deviations, by pose, optics and point.
class SightingCost final : public ceres::SizedCostFunction<2, poseLength, opticsLength, 3> {
public:
    explicit SightingCost(const CVSSighting &sighting) : sighting(sighting) {}
    bool Evaluate(double const *const *blocks, double *residuals, double **jacobians) const override;

private:
    const CVSSighting &sighting;
};

/// The focal length is as expected on a logarithmic scale, the distortion near none, the principal point near the
/// given.
class OpticsCost final : public ceres::SizedCostFunction<opticsLength, opticsLength> {
public:
    OpticsCost(const CVSOptics &optics, double x, double y) : optics(optics), principal{x, y} {}
    bool Evaluate(double const *const *blocks, double *residuals, double **jacobians) const override;

private:
    const CVSOptics &optics;
    const double principal[2];
};

/// A camera stands and looks as expected.
class PoseCost final : public ceres::SizedCostFunction<6, poseLength> {
public:
    explicit PoseCost(const CVSPosePrior &prior);
    bool Evaluate(double const *const *blocks, double *residuals, double **jacobians) const override;

private:
    const CVSPosePrior &prior;
    Eigen::Quaterniond rotation;
    Eigen::Vector3d centre;
};

/// A camera keeps its distance from a place that stays: what the scale of a scene, which nothing else tells, hangs on.
class ScaleCost final : public ceres::SizedCostFunction<1, poseLength> {
public:
    ScaleCost(const Eigen::Vector3d &place, double distance) : place(place), distance(distance) {}
    bool Evaluate(double const *const *blocks, double *residuals, double **jacobians) const override;

private:
    const Eigen::Vector3d place;
    const double distance;
};

}  // namespace cvs
