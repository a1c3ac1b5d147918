#include "BundleCosts.hpp"

#include <cmath>

namespace cvs {
namespace {

template <int rows, int columns>
using Jacobian = Eigen::Map<Eigen::Matrix<double, rows, columns, columns == 1 ? Eigen::ColMajor : Eigen::RowMajor>>;

Eigen::Matrix3d crossing(const Eigen::Vector3d &v) {
    Eigen::Matrix3d matrix;
    matrix << 0, -v.z(), v.y(), v.z(), 0, -v.x(), -v.y(), v.x(), 0;
    return matrix;
}

}  // namespace

bool SightingCost::Evaluate(double const *const *blocks, double *residuals, double **jacobians) const {
    const Eigen::Map<const Eigen::Quaterniond> rotation(blocks[0]);
    const Eigen::Map<const Eigen::Vector3d> translation(blocks[0] + 4), point(blocks[2]);
    const double focal = blocks[1][0], k1 = blocks[1][1], k2 = blocks[1][2], weight = 1 / sighting.sigma;
    const Eigen::Vector3d turned = rotation * point, seen = turned + translation;
    // A point that a step has brought behind the camera: the step is refused.
    if (seen.z() < 1e-9) return false;
    const double inverse = 1 / seen.z(), x = seen.x() * inverse, y = seen.y() * inverse, square = x * x + y * y;
    const double stretch = 1 + square * (k1 + square * k2);
    residuals[0] = (blocks[1][3] + focal * stretch * x - sighting.x) * weight;
    residuals[1] = (blocks[1][4] + focal * stretch * y - sighting.y) * weight;
    if (!jacobians) return true;

    // By the place on the plane z = 1, then by the point in the camera's axes.
    const double slope = 2 * (k1 + 2 * k2 * square);
    Eigen::Matrix2d byPlace;
    byPlace << stretch + slope * x * x, slope * x * y, slope * x * y, stretch + slope * y * y;
    byPlace *= focal * weight;
    Eigen::Matrix<double, 2, 3> placeBySeen;
    placeBySeen << inverse, 0, -x * inverse, 0, inverse, -y * inverse;
    const Eigen::Matrix<double, 2, 3> bySeen = byPlace * placeBySeen;
    if (jacobians[0]) {
        Jacobian<2, poseLength> byPose(jacobians[0]);
        byPose.leftCols<3>().noalias() = -bySeen * crossing(turned);
        byPose.middleCols<3>(3) = bySeen;
        byPose.col(6).setZero();
    }
    if (jacobians[1]) {
        Jacobian<2, opticsLength> byOptics(jacobians[1]);
        byOptics << stretch * x, focal * square * x, focal * square * square * x, 1, 0,  //
            stretch * y, focal * square * y, focal * square * square * y, 0, 1;
        byOptics *= weight;
    }
    if (jacobians[2]) Jacobian<2, 3>(jacobians[2]).noalias() = bySeen * rotation.toRotationMatrix();
    return true;
}

bool OpticsCost::Evaluate(double const *const *blocks, double *residuals, double **jacobians) const {
    const double *block = blocks[0];
    if (!(block[0] > 0)) return false;
    const auto weight = [](double sigma) { return sigma > 0 ? 1 / sigma : 0; };
    const double weights[opticsLength] = {weight(optics.focal_sigma), weight(optics.k1_sigma), weight(optics.k2_sigma),
                                          weight(optics.principal_sigma), weight(optics.principal_sigma)};
    const double values[opticsLength] = {std::log(block[0] / optics.focal), block[1], block[2], block[3] - principal[0],
                                         block[4] - principal[1]};
    for (int i = 0; i < opticsLength; ++i) residuals[i] = weights[i] * values[i];
    if (!jacobians || !jacobians[0]) return true;
    Jacobian<opticsLength, opticsLength> jacobian(jacobians[0]);
    jacobian.setZero();
    for (int i = 0; i < opticsLength; ++i) jacobian(i, i) = weights[i];
    jacobian(0, 0) /= block[0];
    return true;
}

PoseCost::PoseCost(const CVSPosePrior &prior) : prior(prior) {
    double pose[poseLength];
    packPose(prior.rotation, prior.translation, pose);
    rotation = Eigen::Map<const Eigen::Quaterniond>(pose);
    centre = -(rotation.conjugate() * Eigen::Map<const Eigen::Vector3d>(prior.translation));
}

bool PoseCost::Evaluate(double const *const *blocks, double *residuals, double **jacobians) const {
    const Eigen::Map<const Eigen::Quaterniond> turned(blocks[0]);
    const Eigen::Map<const Eigen::Vector3d> translation(blocks[0] + 4);
    const Eigen::Quaterniond away = turned * rotation.conjugate();
    // Twice the sine of half the angle: for a prior as good as the angle itself, and smooth.
    const double side = away.w() < 0 ? -2 : 2;
    const Eigen::Vector3d stands = -(turned.conjugate() * translation);
    Eigen::Map<Eigen::Matrix<double, 6, 1>> all(residuals);
    all << side * away.vec() / prior.rotation_sigma, (stands - centre) / prior.centre_sigma;
    if (!jacobians || !jacobians[0]) return true;
    Jacobian<6, poseLength> jacobian(jacobians[0]);
    jacobian.setZero();
    const Eigen::Matrix3d back = turned.conjugate().toRotationMatrix();
    jacobian.topLeftCorner<3, 3>() =
        side / 2 * (away.w() * Eigen::Matrix3d::Identity() - crossing(away.vec())) / prior.rotation_sigma;
    // The centre -R' t under a turn of R from the left moves by -R' [t]x.
    jacobian.block<3, 3>(3, 0) = -back * crossing(translation) / prior.centre_sigma;
    jacobian.block<3, 3>(3, 3) = -back / prior.centre_sigma;
    return true;
}

bool ScaleCost::Evaluate(double const *const *blocks, double *residuals, double **jacobians) const {
    constexpr double sigma = 1e-3;
    const Eigen::Map<const Eigen::Quaterniond> turned(blocks[0]);
    const Eigen::Map<const Eigen::Vector3d> translation(blocks[0] + 4);
    const Eigen::Vector3d away = -(turned.conjugate() * translation) - place;
    residuals[0] = (away.norm() / distance - 1) / sigma;
    if (!jacobians || !jacobians[0]) return true;
    const Eigen::Matrix3d back = turned.conjugate().toRotationMatrix();
    const Eigen::RowVector3d slope = away.normalized().transpose() / (distance * sigma);
    Eigen::Map<Eigen::Matrix<double, 1, poseLength>> jacobian(jacobians[0]);
    jacobian << -slope * back * crossing(translation), -slope * back, 0;
    return true;
}

}  // namespace cvs
