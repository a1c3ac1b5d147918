#include "BundlePose.hpp"

namespace cvs {
namespace {

using Matrix = Eigen::Matrix<double, 3, 3, Eigen::RowMajor>;

Eigen::Quaterniond turn(const Eigen::Vector3d &axis) {
    const double angle = axis.norm();
    // sin(a / 2) / a
    const double share = angle > 1e-8 ? std::sin(angle / 2) / angle : 0.5 - angle * angle / 48;
    return {std::cos(angle / 2), share * axis.x(), share * axis.y(), share * axis.z()};
}

}  // namespace

bool PoseManifold::Plus(const double *pose, const double *step, double *moved) const {
    const Eigen::Map<const Eigen::Quaterniond> from(pose);
    Eigen::Map<Eigen::Quaterniond> to(moved);
    to = (turn(Eigen::Map<const Eigen::Vector3d>(step)) * from).normalized();
    for (int i = 0; i < 3; ++i) moved[4 + i] = pose[4 + i] + step[3 + i];
    return true;
}

bool PoseManifold::PlusJacobian(const double *, double *jacobian) const {
    Eigen::Map<Eigen::Matrix<double, poseLength, 6, Eigen::RowMajor>>(jacobian).setIdentity();
    return true;
}

bool PoseManifold::Minus(const double *to, const double *from, double *step) const {
    const Eigen::Map<const Eigen::Quaterniond> first(from), second(to);
    const Eigen::AngleAxisd between(second * first.conjugate());
    Eigen::Map<Eigen::Vector3d> axis(step);
    axis = between.angle() * between.axis();
    for (int i = 0; i < 3; ++i) step[3 + i] = to[4 + i] - from[4 + i];
    return true;
}

bool PoseManifold::MinusJacobian(const double *, double *jacobian) const {
    Eigen::Map<Eigen::Matrix<double, 6, poseLength, Eigen::RowMajor>>(jacobian).setIdentity();
    return true;
}

void packPose(const double *rotation, const double *translation, double *pose) {
    Eigen::Map<Eigen::Quaterniond> turned(pose);
    turned = Eigen::Quaterniond(Eigen::Map<const Matrix>(rotation)).normalized();
    for (int i = 0; i < 3; ++i) pose[4 + i] = translation[i];
}

void unpackPose(const double *pose, double *rotation, double *translation) {
    Eigen::Map<Matrix> matrix(rotation);
    matrix = Eigen::Map<const Eigen::Quaterniond>(pose).normalized().toRotationMatrix();
    for (int i = 0; i < 3; ++i) translation[i] = pose[4 + i];
}

}  // namespace cvs
