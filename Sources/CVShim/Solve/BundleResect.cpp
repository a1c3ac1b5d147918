#include <algorithm>
#include <cmath>
#include <opencv2/calib3d.hpp>
#include <vector>

#include "../Features/Rays.hpp"
#include "../Features/Usac.hpp"
#include "../Guard.hpp"
#include "BundleView.hpp"

namespace cvs {
namespace {

/// Points and the pixels where an ideal camera of the same focal length, without distortion, would see them.
struct Resection {
    std::vector<cv::Point3d> points;
    std::vector<cv::Point2d> ideal;
    cv::Matx33d lens;
    cv::Matx33d rotation;
    cv::Vec3d translation;

    double squaredError(size_t i) const {
        const cv::Vec3d seen = rotation * cv::Vec3d(points[i].x, points[i].y, points[i].z) + translation;
        if (seen[2] <= 1e-9) return 1e18;
        const double x = lens(0, 0) * seen[0] / seen[2] - ideal[i].x, y = lens(1, 1) * seen[1] / seen[2] - ideal[i].y;
        return x * x + y * y;
    }

    std::vector<int> fitting(double reach) const {
        std::vector<int> which;
        for (size_t i = 0; i < points.size(); ++i)
            if (squaredError(i) <= reach * reach) which.push_back(int(i));
        return which;
    }

    bool start(const CVSResectOptions &options) {
        const cv::UsacParams params =
            cvs::usac(options.iterations, options.seed, cv::LOCAL_OPTIM_INNER_LO, options.reach);
        cv::Mat camera(lens), turn, shift, inliers;
        if (!cv::solvePnPRansac(points, ideal, camera, cv::noArray(), turn, shift, inliers, params)) return false;
        return take(turn, shift);
    }

    bool take(const cv::Mat &turn, const cv::Mat &shift) {
        if (turn.total() != 3 || shift.total() != 3 || !cv::checkRange(turn) || !cv::checkRange(shift)) return false;
        cv::Mat matrix, axis, along;
        turn.reshape(1, 3).convertTo(axis, CV_64F);
        shift.reshape(1, 3).convertTo(along, CV_64F);
        cv::Rodrigues(axis, matrix);
        rotation = matrix;
        translation = cv::Vec3d(along.at<double>(0), along.at<double>(1), along.at<double>(2));
        return true;
    }

    /// SQPnP on what fits, then Levenberg-Marquardt; kept when more fits.
    void polish(double reach) {
        for (int round = 0; round < 3; ++round) {
            const std::vector<int> before = fitting(reach);
            if (before.size() < 6) return;
            std::vector<cv::Point3d> world;
            std::vector<cv::Point2d> seen;
            for (int i : before) {
                world.push_back(points[size_t(i)]);
                seen.push_back(ideal[size_t(i)]);
            }
            const Resection old = *this;
            cv::Mat turn, shift;
            if (!cv::solvePnP(world, seen, cv::Mat(lens), cv::noArray(), turn, shift, false, cv::SOLVEPNP_SQPNP))
                return;
            cv::solvePnPRefineLM(world, seen, cv::Mat(lens), cv::noArray(), turn, shift);
            if (!take(turn, shift) || fitting(reach).size() < before.size()) {
                *this = old;
                return;
            }
            if (fitting(reach) == before) return;
        }
    }
};

}  // namespace
}  // namespace cvs

extern "C" CVS_EXPORT CVSStatus cvs_resect(const double *points, const double *sightings, int32_t count,
                                           CVSCamera *camera, const CVSResectOptions *options, uint8_t *agrees,
                                           int32_t *agreeing, CVSCancel cancel, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        *agreeing = 0;
        std::fill_n(agrees, count, uint8_t(0));
        if (count < 6) return;
        cvs::Resection resection;
        resection.lens = cv::Matx33d::diag({camera->focal, camera->focal, 1});
        for (int32_t i = 0; i < count; ++i) {
            resection.points.emplace_back(points[3 * i], points[3 * i + 1], points[3 * i + 2]);
            const cv::Point2d at = cvs::flat(*camera, {sightings[2 * i], sightings[2 * i + 1]});
            resection.ideal.push_back(at * camera->focal);
        }
        if (!resection.start(*options)) return;
        cvs::stopIfCancelled(cancel);
        resection.polish(options->reach);
        const std::vector<int> fitting = resection.fitting(options->reach);
        if (fitting.size() < 6) return;
        for (int i : fitting) agrees[i] = 1;
        *agreeing = int32_t(fitting.size());
        std::copy_n(resection.rotation.val, 9, camera->rotation);
        std::copy_n(resection.translation.val, 3, camera->translation);
    });
}
