#pragma once
#include <Eigen/Core>
#include <Eigen/Geometry>
#include <array>
#include <atomic>
#include <vector>

#include "Silhouette.hpp"

namespace cvs::ring {

using Vector = Eigen::Vector3d;
using Matrix = Eigen::Matrix3d;

/// A place of an outline from the principal point, in pixels.
struct Spot {
    double x, y;
    /// How many pixels of outline it stands for; for hull corners not used.
    double span;
    /// Where it lies in the alpha, in pixels.
    double column, row;
    /// False where the picture's border cuts the object beside it.
    bool known;
};

/// What is known of one photo before anything is solved.
struct View {
    const CVSSilhouette *silhouette;
    /// Focal length in pixels at the start, and the principal point.
    double focal;
    double principal[2];
    /// Corners of the outline's convex hull, in order.
    std::vector<Spot> hull;
    /// Evenly spread places of the outline.
    std::vector<Spot> contour;
    /// The middle of the outline's box from the principal point, in pixels.
    double middle[2];
    bool empty;
    /// The outline's box and its diagonal, in pixels.
    double box[2], size;
};

View viewOf(const CVSSilhouette &silhouette, double focal, const double principal[2], int spots);

/// Pose of one view: `turn` is a rotation vector on top of `base`, `centre` where the camera stands; y is up.
struct Station {
    /// turn x, y, z, centre x, y, z.
    std::array<double, 6> free;
    Matrix base;
};

/// Everything that is solved for. The world's y axis is up.
struct Model {
    std::vector<Station> stations;
    /// Logarithm of what every focal length is multiplied by, and the distortion k1.
    std::array<double, 2> lens{0, 0};
    /// The mirror plane's azimuth and offset: n . X = offset with n = (cos, 0, sin).
    std::array<double, 2> plane{0, 0};
};

/// A station's pose with what derivatives need.
struct Pose {
    Matrix rotation, leftJacobian;
    Vector centre;
};

Pose poseOf(const Station &station);
/// A camera on the circle of radius 1 at an azimuth and elevation in radians, that has the outline's middle where it
/// looks at the origin.
Station stationAt(const View &view, double azimuth, double elevation, const double lens[2]);
/// Moves what `turn` says into `base`.
void rebase(Model &model);

/// What a picture's place times its distance from the axis is multiplied by to take the distortion out: the inverse of
/// 1 + q with q = k1 r^2, r as it is in the picture, to the fifth order.
template <typename T>
T straightened(const T &q) {
    return 1.0 - q * (1.0 - q * (3.0 - q * (12.0 - q * 55.0)));
}

/// The direction, z = 1, that is seen at a spot.
template <typename T>
Eigen::Matrix<T, 3, 1> directionOf(const View &view, double x, double y, const T lens[2]) {
    using std::exp;
    const T focal = exp(lens[0]) * view.focal;
    const T u = x / focal, v = y / focal;
    const T factor = straightened<T>(lens[1] * (u * u + v * v));
    return Eigen::Matrix<T, 3, 1>(u * factor, v * factor, T(1.0));
}

}  // namespace cvs::ring
