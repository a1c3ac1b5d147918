#include <algorithm>
#include <cmath>

#include "../Guard.hpp"
#include "CVSDense.h"
#include "Fusion.hpp"
#include "Sources.hpp"
#include "Surface.hpp"
#include "Sweep.hpp"

struct CVSDense {
    std::vector<cvs::DepthView> views;
    std::vector<cvs::Round> rounds;
    bool isFused = false;
    std::vector<CVSDensePoint> points;
};

namespace {

constexpr int levels = 3;

void require(bool isTrue, const char *what) {
    if (!isTrue) throw cvs::Error{CVSStatusBadArgument, what};
}

bool isFinite(const double *values, size_t count) {
    return std::all_of(values, values + count, [](double value) { return std::isfinite(value); });
}

void check(const CVSDenseView &view) {
    const CVSCamera &camera = view.camera;
    const cv::Mat &photo = view.photo->mat;
    require(camera.focal > 0 && std::isfinite(camera.focal) && isFinite(camera.principal, 2) &&
                std::isfinite(camera.k1) && std::isfinite(camera.k2) && isFinite(camera.rotation, 9) &&
                isFinite(camera.translation, 3),
            "a camera's numbers are not finite, or its focal length is not above 0");
    const cv::Matx33d turn(camera.rotation);
    require(cv::norm(turn * turn.t() - cv::Matx33d::eye()) < 1e-4 && cv::determinant(turn) > 0,
            "a camera's rotation is none");
    require(photo.channels() == 3 && photo.cols == camera.width && photo.rows == camera.height,
            "a photo has 3 channels and its camera's size");
    require(photo.cols >= 16 && photo.rows >= 16, "a photo is at least 16 pixels long");
}

/// Coarse to fine; the coarsest size begins without knowing any other view's depths.
std::vector<cvs::Round> roundsFor(size_t count) {
    std::vector<cvs::Round> rounds;
    for (size_t level = count; level-- > 0;) {
        const bool isCoarsest = level + 1 == count;
        const int alone = isCoarsest ? 4 : 0, together = isCoarsest || level == 0 ? 2 : 3;
        for (int i = 0; i < alone + together; ++i)
            rounds.push_back({level, i, i >= alone, std::ldexp(isCoarsest ? 0.08f : 0.02f, -i)});
    }
    return rounds;
}

const cvs::DepthView &viewOf(const CVSDense *dense, size_t view) { return dense->views[view]; }

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_dense_create(const CVSDenseView *views, size_t count, const double *points,
                                                 size_t point_count, const CVSDenseSighting *sightings,
                                                 size_t sighting_count, CVSDenseOptions options, CVSCancel cancel,
                                                 CVSDense **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        require(options.pixels >= 4096 && options.pixels <= 4000000, "a photo is made small to 4,096 to 4,000,000");
        require(options.sources >= 1 && options.sources <= 6, "a view is compared with 1 to 6 others");
        for (size_t i = 0; i < count; ++i) check(views[i]);
        require(point_count == 0 || isFinite(points, 3 * point_count), "a point is not finite");
        CVSDense dense;
        std::vector<cv::Vec3d> places;
        for (size_t i = 0; i < point_count; ++i) places.emplace_back(points + 3 * i);
        cvs::Sightings seen;
        for (size_t i = 0; i < sighting_count; ++i) {
            const CVSDenseSighting &sighting = sightings[i];
            require(sighting.view >= 0 && size_t(sighting.view) < count && sighting.point >= 0 &&
                        size_t(sighting.point) < point_count,
                    "a sighting is of a view or a point that there is not");
            seen.push_back({sighting.view, sighting.point});
        }
        size_t common = levels;
        for (size_t i = 0; i < count; ++i) {
            dense.views.push_back(
                cvs::preparedView(views[i].camera, views[i].photo->mat, options.pixels, levels, cancel));
            common = std::min(common, dense.views.back().greys.size());
        }
        for (cvs::DepthView &view : dense.views) view.greys.resize(common);
        cvs::chooseSources(dense.views, places, seen, size_t(options.sources));
        if (count > 0) dense.rounds = roundsFor(common);
        *out = new CVSDense(std::move(dense));
    });
}

extern "C" CVS_EXPORT void cvs_dense_destroy(CVSDense *dense) noexcept { delete dense; }
extern "C" CVS_EXPORT size_t cvs_dense_rounds(const CVSDense *dense) noexcept { return dense->rounds.size(); }
extern "C" CVS_EXPORT size_t cvs_dense_sources(const CVSDense *dense, size_t view) noexcept {
    return viewOf(dense, view).sources.size();
}

extern "C" CVS_EXPORT CVSStatus cvs_dense_match(CVSDense *dense, size_t round, size_t view, CVSCancel cancel,
                                                CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        require(round < dense->rounds.size() && view < dense->views.size(), "there is no such round or view");
        cvs::DepthView &own = dense->views[view];
        if (own.sources.empty()) return;
        const cvs::Round &step = dense->rounds[round];
        const uint32_t seed = uint32_t(view) * 1000003u + uint32_t(step.level) * 101u;
        if (step.number == 0) cvs::startPlanes(own, dense->views, step.level, seed, cancel);
        cvs::sweep(own, dense->views, step, seed, cancel);
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_dense_fuse(CVSDense *dense, int32_t least, CVSCancel cancel,
                                               CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        require(least >= 2 && least <= 8, "2 to 8 views agree on a point");
        cvs::judge(dense->views, cancel);
        dense->points = cvs::fused(dense->views, least, cancel);
        dense->isFused = true;
    });
}

extern "C" CVS_EXPORT size_t cvs_dense_point_count(const CVSDense *dense) noexcept { return dense->points.size(); }
extern "C" CVS_EXPORT const CVSDensePoint *cvs_dense_points(const CVSDense *dense) noexcept {
    return dense->points.empty() ? nullptr : dense->points.data();
}
extern "C" CVS_EXPORT CVSCamera cvs_dense_camera(const CVSDense *dense, size_t view) noexcept {
    return viewOf(dense, view).camera;
}

extern "C" CVS_EXPORT CVSStatus cvs_dense_depths(const CVSDense *dense, size_t view, float *depths, float *confidences,
                                                 size_t count, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        require(dense->isFused && view < dense->views.size(), "there are no depths yet, or no such view");
        const cvs::DepthView &own = viewOf(dense, view);
        require(own.confidence.total() == count, "the depths have another size");
        for (int y = 0; y < own.confidence.rows; ++y)
            for (int x = 0; x < own.confidence.cols; ++x) {
                const float confidence = own.confidence.at<float>(y, x);
                const size_t at = size_t(y) * size_t(own.confidence.cols) + size_t(x);
                if (depths)
                    depths[at] =
                        confidence > 0 ? 1 / own.planes.at<cvs::Plane>(y, x).dot(cvs::rayOf(own.camera, x, y)) : 0;
                if (confidences) confidences[at] = confidence;
            }
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_dense_surface(const CVSDense *dense, CVSDenseSurfaceOptions options,
                                                  CVSCancel cancel, CVSMesh **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        require(dense->isFused, "there are no depths yet");
        require(options.nodes >= 4096 && options.nodes <= 64000000, "a grid has 4,096 to 64,000,000 nodes");
        require(options.smoothness > 0 && std::isfinite(options.smoothness), "smoothness is above 0");
        cvs::Volume volume = cvs::observed(dense->views, dense->points, options.nodes, cancel);
        if (!volume.distances.values.empty()) cvs::relax(volume, options.smoothness, cancel);
        *out = new CVSMesh(cvs::seenSurface(volume, cancel));
    });
}
