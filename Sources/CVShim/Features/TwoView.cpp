#include "CVSTwoView.h"

#include <algorithm>
#include <cmath>
#include <opencv2/calib3d.hpp>

#include "../Guard.hpp"
#include "Rays.hpp"
#include "Usac.hpp"

namespace cvs {
namespace {

using Mask = std::vector<uint8_t>;

/// Matched directions, and the pixels that one unit of their plane has.
struct Matched {
    std::vector<cv::Point2d> first, second;
    double focal;

    size_t count() const { return first.size(); }
};

/// Squared distance to first order from the epipolar constraint (Sampson 1982).
double sampson(const cv::Matx33d &essential, cv::Point2d a, cv::Point2d b) {
    const cv::Vec3d x(a.x, a.y, 1), y(b.x, b.y, 1);
    const cv::Vec3d line = essential * x, back = essential.t() * y;
    const double product = y.dot(line);
    const double slope = line[0] * line[0] + line[1] * line[1] + back[0] * back[0] + back[1] * back[1];
    // No matrix was found: nothing agrees.
    return slope > 0 ? product * product / slope : 1e12;
}

/// Squared distance from where a homography puts the place.
double transfer(const cv::Matx33d &homography, cv::Point2d a, cv::Point2d b) {
    const cv::Vec3d to = homography * cv::Vec3d(a.x, a.y, 1);
    if (std::abs(to[2]) < 1e-12) return 1e12;
    const double x = to[0] / to[2] - b.x, y = to[1] / to[2] - b.y;
    return x * x + y * y;
}

/// Torr's criterion for models of the given dimension and number of parameters, from squared residuals over the
/// variance.
double criterion(const std::vector<double> &residuals, int dimension, int parameters) {
    const double n = double(residuals.size());
    double sum = std::log(4.0) * dimension * n + std::log(4 * n) * parameters;
    for (double residual : residuals) sum += std::min(residual, 2.0 * (4 - dimension));
    return sum;
}

/// The relative pose among four that most points are in front of both cameras for.
struct Pose {
    cv::Matx33d rotation;
    cv::Vec3d translation;
};

Pose inFront(const cv::Matx33d &essential, const Matched &matched, const Mask &agrees) {
    cv::Mat turns[2], shift;
    cv::decomposeEssentialMat(essential, turns[0], turns[1], shift);
    Pose best;
    int most = -1;
    for (int i = 0; i < 4; ++i) {
        const Pose pose{cv::Matx33d(turns[i / 2]), cv::Vec3d(shift) * (i % 2 ? -1.0 : 1.0)};
        int front = 0;
        for (size_t k = 0; k < matched.count(); ++k) {
            if (!agrees[k]) continue;
            const Depths depths = depthsOf(pose.rotation, pose.translation, matched.first[k], matched.second[k]);
            front += depths.first > 0 && depths.second > 0;
        }
        if (front > most) {
            most = front;
            best = pose;
        }
    }
    return best;
}

/// The rotation nearest to a homography of directions, if the homography is nearly one.
bool isRotation(const cv::Matx33d &homography, cv::Matx33d &rotation) {
    const double scale = std::cbrt(cv::determinant(homography));
    if (std::abs(scale) < 1e-12) return false;
    const cv::Matx33d scaled = homography * (1 / scale);
    cv::SVD svd{cv::Mat(scaled)};
    rotation = cv::Matx33d(cv::Mat(svd.u * svd.vt));
    return cv::determinant(rotation) > 0;
}

struct Solver {
    const Matched &matched;
    const CVSTwoViewOptions &options;
    CVSTwoView &result;

    double variance() const {
        // `reach` is taken for 2.5 standard deviations.
        const double sigma = options.reach / 2.5 / matched.focal;
        return sigma * sigma;
    }

    template <typename Residual>
    std::vector<double> residuals(Residual residual) const {
        std::vector<double> all(matched.count());
        for (size_t i = 0; i < all.size(); ++i) all[i] = residual(matched.first[i], matched.second[i]) / variance();
        return all;
    }

    int32_t mark(const std::vector<double> &residuals, uint8_t *agrees) const {
        int32_t sum = 0;
        for (size_t i = 0; i < residuals.size(); ++i) {
            agrees[i] = residuals[i] <= 2.5 * 2.5;
            sum += agrees[i];
        }
        return sum;
    }

    void solve(uint8_t *agrees, CVSCancel cancel) {
        const cv::Matx33d plane = homography();
        stopIfCancelled(cancel);
        const cv::Matx33d essential = essentialMatrix();
        stopIfCancelled(cancel);
        const auto onPlane = residuals([&](auto a, auto b) { return transfer(plane, a, b); });
        const auto onLines = residuals([&](auto a, auto b) { return sampson(essential, a, b); });
        Mask planar(matched.count());
        result.on_plane = mark(onPlane, planar.data());
        result.agreeing = mark(onLines, agrees);
        result.plane_score = criterion(onPlane, 2, 8);
        result.score = criterion(onLines, 3, 5);
        for (double residual : onLines) result.support += std::max(0.0, 1 - residual / 6.25);
        if (std::max(result.agreeing, result.on_plane) < options.least) return;
        choose(plane, essential, planar, agrees);
    }

    void choose(const cv::Matx33d &plane, const cv::Matx33d &essential, const Mask &planar, uint8_t *agrees) {
        cv::Matx33d turn;
        if (isRotation(plane, turn)) {
            const auto turned = residuals([&](auto a, auto b) { return transfer(turn, a, b); });
            // Three parameters; a turn on the spot must also explain what the epipolar lines let through.
            if (criterion(turned, 2, 3) <= std::min(result.score, result.plane_score)) {
                result.kind = CVSTwoViewKindRotation;
                result.agreeing = mark(turned, agrees);
                keep({turn, {0, 0, 0}});
                return;
            }
        }
        if (result.agreeing < options.least) return;
        const Mask kept(agrees, agrees + matched.count());
        const Pose pose = inFront(essential, matched, kept);
        std::vector<double> angles;
        for (size_t i = 0; i < matched.count(); ++i) {
            if (!agrees[i]) continue;
            const Depths depths = depthsOf(pose.rotation, pose.translation, matched.first[i], matched.second[i]);
            agrees[i] = depths.first > 0 && depths.second > 0;
            result.agreeing -= !agrees[i];
            if (agrees[i]) angles.push_back(depths.angle);
        }
        if (result.agreeing < options.least) return;
        std::nth_element(angles.begin(), angles.begin() + long(angles.size() / 2), angles.end());
        result.angle = angles[angles.size() / 2];
        result.kind = result.plane_score < result.score ? CVSTwoViewKindPlanar : CVSTwoViewKindGeneral;
        keep(pose);
    }

    void keep(const Pose &pose) {
        std::copy_n(pose.rotation.val, 9, result.rotation);
        std::copy_n(pose.translation.val, 3, result.translation);
    }

    cv::Matx33d homography() const {
        const cv::Mat found =
            cv::findHomography(scaled(matched.first), scaled(matched.second), cv::noArray(),
                               cvs::usac(options.iterations, options.seed, cv::LOCAL_OPTIM_SIGMA, options.reach));
        if (found.empty()) return cv::Matx33d::eye();
        const cv::Matx33d pixels(found);
        const cv::Matx33d focal = cv::Matx33d::diag({matched.focal, matched.focal, 1});
        return focal.inv() * pixels * focal;
    }

    cv::Matx33d essentialMatrix() const {
        const cv::Matx33d camera = cv::Matx33d::diag({matched.focal, matched.focal, 1});
        const cv::Mat found = cv::findEssentialMat(
            scaled(matched.first), scaled(matched.second), camera, camera, cv::noArray(), cv::noArray(), cv::noArray(),
            cvs::usac(options.iterations, options.seed, cv::LOCAL_OPTIM_SIGMA, options.reach));
        return found.rows == 3 ? cv::Matx33d(found) : cv::Matx33d::zeros();
    }

    std::vector<cv::Point2d> scaled(std::vector<cv::Point2d> points) const {
        for (cv::Point2d &point : points) point *= matched.focal;
        return points;
    }
};

}  // namespace
}  // namespace cvs

extern "C" CVS_EXPORT CVSStatus cvs_two_view(const double *first, const double *second, int32_t count,
                                             const CVSCamera *first_camera, const CVSCamera *second_camera,
                                             const CVSTwoViewOptions *options, CVSTwoView *result, uint8_t *agrees,
                                             CVSCancel cancel, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        *result = {};
        std::fill_n(agrees, count, uint8_t(0));
        if (count < std::max(8, options->least)) return;
        cvs::Matched matched;
        matched.focal = (first_camera->focal + second_camera->focal) / 2;
        for (int32_t i = 0; i < count; ++i) {
            matched.first.push_back(cvs::flat(*first_camera, {first[2 * i], first[2 * i + 1]}));
            matched.second.push_back(cvs::flat(*second_camera, {second[2 * i], second[2 * i + 1]}));
        }
        cvs::Solver{matched, *options, *result}.solve(agrees, cancel);
        if (result->kind == CVSTwoViewKindNone) std::fill_n(agrees, count, uint8_t(0));
    });
}
