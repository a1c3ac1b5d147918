#include <Eigen/Geometry>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <vector>

#include "../Features/Rays.hpp"
#include "../Guard.hpp"
#include "BundleView.hpp"

namespace cvs {
namespace {

/// One sighting as a ray into the world.
struct Ray {
    const BundleView *view;
    Eigen::Vector2d pixel;
    Eigen::Vector3d direction;
};

double angleBetween(const Eigen::Vector3d &a, const Eigen::Vector3d &b) {
    return std::atan2(a.cross(b).norm(), a.dot(b));
}

/// The point nearest to two rays, if it lies ahead on both.
bool midpoint(const Ray &a, const Ray &b, Eigen::Vector3d &point) {
    const Eigen::Vector3d base = b.view->centre - a.view->centre;
    const double cosine = a.direction.dot(b.direction), sine = 1 - cosine * cosine;
    if (sine < 1e-14) return false;
    const double p = base.dot(a.direction), q = base.dot(b.direction);
    const double alongA = (p - q * cosine) / sine, alongB = (p * cosine - q) / sine;
    if (alongA <= 0 || alongB <= 0) return false;
    point = (a.view->centre + alongA * a.direction + b.view->centre + alongB * b.direction) / 2;
    return true;
}

/// Squared distance in pixels, or a very large one behind the camera.
double squaredError(const Ray &ray, const Eigen::Vector3d &point) {
    const Eigen::Vector3d seen = ray.view->seen(point);
    if (seen.z() <= 1e-9) return 1e18;
    return (ray.view->pixel(seen) - ray.pixel).squaredNorm();
}

class Track {
public:
    Track(const std::vector<BundleView> &views, const CVSSighting *sightings, int count, double reach)
        : bound(reach * reach) {
        for (int i = 0; i < count; ++i) {
            const CVSSighting &sighting = sightings[i];
            const BundleView &view = views[size_t(sighting.camera)];
            const cv::Point2d at = flat(view.camera, {sighting.x, sighting.y});
            rays.push_back({&view,
                            {sighting.x, sighting.y},
                            (view.rotation.transpose() * Eigen::Vector3d(at.x, at.y, 1)).normalized()});
        }
    }

    /// Whether a point was found; `agrees` and the largest angle are of that point.
    bool place(Eigen::Vector3d &point, double &angle, uint8_t *agrees) const {
        if (!bestPair(point)) return false;
        refine(point);
        refine(point);
        const int fitting = mark(point, agrees);
        angle = largestAngle(point, agrees);
        return fitting >= 2;
    }

private:
    std::vector<Ray> rays;
    const double bound;

    bool bestPair(Eigen::Vector3d &best) const {
        // The cost of a sighting that does not fit is the bound, so that more that fit always win.
        double least = bound * double(rays.size());
        bool found = false;
        for (size_t i = 0; i < rays.size(); ++i) {
            for (size_t j = i + 1; j < rays.size(); ++j) {
                Eigen::Vector3d point;
                if (!midpoint(rays[i], rays[j], point)) continue;
                double cost = 0;
                int fitting = 0;
                for (const Ray &ray : rays) {
                    const double error = squaredError(ray, point);
                    fitting += error <= bound;
                    cost += std::min(error, bound);
                }
                if (fitting < 2 || cost >= least) continue;
                least = cost;
                best = point;
                found = true;
            }
        }
        return found;
    }

    /// One Gauss-Newton step on the sightings that fit; derivatives without the distortion's, which is slight.
    void refine(Eigen::Vector3d &point) const {
        Eigen::Matrix3d normal = Eigen::Matrix3d::Zero();
        Eigen::Vector3d right = Eigen::Vector3d::Zero();
        double before = 0;
        for (const Ray &ray : rays) {
            const double error = squaredError(ray, point);
            before += std::min(error, bound);
            if (error > bound) continue;
            const Eigen::Vector3d seen = ray.view->seen(point);
            const Eigen::Vector2d residual = ray.view->pixel(seen) - ray.pixel;
            const double x = seen.x() / seen.z(), y = seen.y() / seen.z(), scale = ray.view->camera.focal / seen.z();
            Eigen::Matrix<double, 2, 3> slope;
            slope << scale, 0, -scale * x, 0, scale, -scale * y;
            slope = slope * ray.view->rotation;
            normal += slope.transpose() * slope;
            right += slope.transpose() * residual;
        }
        const Eigen::Vector3d moved = point - normal.partialPivLu().solve(right);
        double after = 0;
        for (const Ray &ray : rays) after += std::min(squaredError(ray, moved), bound);
        if (after < before) point = moved;
    }

    int mark(const Eigen::Vector3d &point, uint8_t *agrees) const {
        int fitting = 0;
        for (size_t i = 0; i < rays.size(); ++i) {
            agrees[i] = squaredError(rays[i], point) <= bound;
            fitting += agrees[i];
        }
        return fitting;
    }

    double largestAngle(const Eigen::Vector3d &point, const uint8_t *agrees) const {
        double largest = 0;
        for (size_t i = 0; i < rays.size(); ++i)
            for (size_t j = i + 1; j < rays.size(); ++j)
                if (agrees[i] && agrees[j])
                    largest =
                        std::max(largest, angleBetween(point - rays[i].view->centre, point - rays[j].view->centre));
        return largest;
    }
};

}  // namespace
}  // namespace cvs

extern "C" CVS_EXPORT CVSStatus cvs_triangulate(CVSBundle *bundle, const CVSTriangulateOptions *options, double *angles,
                                                uint8_t *agrees, CVSCancel cancel, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        const std::vector<cvs::BundleView> views(bundle->cameras.begin(), bundle->cameras.end());
        const std::vector<CVSSighting> &sightings = bundle->sightings;
        std::fill_n(agrees, sightings.size(), uint8_t(0));
        std::fill_n(angles, bundle->points.size() / 3, 0.0);
        size_t begin = 0;
        for (int turn = 0; begin < sightings.size(); ++turn) {
            if (turn % 256 == 0) cvs::stopIfCancelled(cancel);
            const int32_t point = sightings[begin].point;
            size_t end = begin;
            while (end < sightings.size() && sightings[end].point == point) ++end;
            const cvs::Track track(views, &sightings[begin], int(end - begin), options->reach);
            Eigen::Vector3d place;
            if (!track.place(place, angles[point], agrees + begin) || angles[point] < options->angle)
                std::fill(agrees + begin, agrees + end, uint8_t(0));
            else
                for (size_t i = 0; i < 3; ++i) bundle->points[3 * size_t(point) + i] = place[long(i)];
            begin = end;
        }
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_bundle_errors(const CVSBundle *bundle, double *errors, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        const std::vector<cvs::BundleView> views(bundle->cameras.begin(), bundle->cameras.end());
        for (size_t i = 0; i < bundle->sightings.size(); ++i) {
            const CVSSighting &sighting = bundle->sightings[i];
            const cvs::BundleView &view = views[size_t(sighting.camera)];
            const Eigen::Vector3d seen =
                view.seen(Eigen::Map<const Eigen::Vector3d>(&bundle->points[3 * size_t(sighting.point)]));
            errors[i] = seen.z() <= 0 ? -1 : (view.pixel(seen) - Eigen::Vector2d(sighting.x, sighting.y)).norm();
        }
    });
}
