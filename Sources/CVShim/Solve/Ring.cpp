#include "CVSRing.h"

#include <algorithm>
#include <cmath>

#include "RingFrame.hpp"

struct CVSRing {
    /// Kept so that matches may join later.
    cvs::ring::Question question;
    cvs::ring::Verdict verdict;
    double radius;
    std::vector<CVSCamera> cameras;
    std::vector<double> shortfalls;
    CVSRingReport report;
};

namespace {

using namespace cvs::ring;

constexpr int32_t fewest = 4, most = 64;

/// Rays of a view: enough for a contour's corners, and fewer the more views there are.
int raysOf(int32_t count) { return std::clamp(1600 / count, 64, 200); }

/// How many pairs of views are so alike in outline that they must be the same view.
int32_t alikeOf(const std::vector<View> &views) {
    int32_t alike = 0;
    for (size_t i = 0; i < views.size(); ++i) {
        for (size_t j = 0; j < i; ++j) {
            const View &a = views[i], &b = views[j];
            const double scale = b.size / a.size;
            double away = 0;
            size_t count = 0;
            for (size_t s = 0; s < a.contour.size(); s += 3, ++count)
                away += std::abs(b.silhouette
                                     ->at((a.contour[s].x - a.middle[0]) * scale + b.middle[0] + b.principal[0],
                                          (a.contour[s].y - a.middle[1]) * scale + b.middle[1] + b.principal[1])
                                     .value);
            if (count > 0 && away / double(count) < 0.002 * b.size) ++alike;
        }
    }
    return alike;
}

/// The share of the outlines' area that the hull of the other views fills, by the strips that it leaves along them.
double explainedBy(const std::vector<View> &views, const std::vector<Touch> &touches) {
    double area = 0, missing = 0;
    for (const View &view : views) area += view.silhouette->area;
    for (const Touch &touch : touches) missing += std::max(0.0, -touch.value) * touch.spot->span;
    return std::clamp(1 - missing / std::max(1.0, area), 0.0, 1.0);
}

CVSCamera cameraOf(const View &view, const Station &station, const Model &model, const Frame &frame) {
    const Pose pose = poseOf(station);
    const Matrix rotation = pose.rotation * frame.turn.transpose();
    const Vector centre = frame.scale * (frame.turn * (pose.centre - frame.origin));
    const Vector translation = -(rotation * centre);
    CVSCamera camera{view.silhouette->width,
                     view.silhouette->height,
                     view.focal * std::exp(model.lens[0]),
                     {view.principal[0], view.principal[1]},
                     model.lens[1],
                     0,
                     {},
                     {}};
    for (int k = 0; k < 9; ++k) camera.rotation[k] = rotation(k / 3, k % 3);
    for (int k = 0; k < 3; ++k) camera.translation[k] = translation[k];
    return camera;
}

void checkMatches(const CVSRingMatch *matches, int32_t matchCount, int32_t count) {
    for (int32_t i = 0; i < matchCount; ++i) {
        const CVSRingMatch &match = matches[i];
        if (match.first < 0 || match.first >= count || match.second < 0 || match.second >= count ||
            (!match.mirrored && match.first == match.second))
            throw cvs::Error{CVSStatusBadArgument, "a match joins two views"};
        for (const double place :
             {match.place_first[0], match.place_first[1], match.place_second[0], match.place_second[1]})
            if (!std::isfinite(place)) throw cvs::Error{CVSStatusBadArgument, "a match has two places"};
    }
}

void check(const CVSRingView *views, int32_t count, const CVSRingOptions &options) {
    const auto require = [](bool holds, const char *message) {
        if (!holds) throw cvs::Error{CVSStatusBadArgument, message};
    };
    require(count >= fewest && count <= most, "a ring has 4 to 64 views");
    require(options.places >= count && options.places <= most, "a walk has at least as many places as views");
    require(options.focal_sigma >= 0 && options.distortion_sigma >= 0 && options.radius > 0 &&
                std::isfinite(options.radius) && std::isfinite(options.focal_sigma) &&
                std::isfinite(options.distortion_sigma),
            "sigmas are 0 or more and the radius is above 0");
    std::vector<bool> taken(size_t(options.places), false);
    for (int32_t i = 0; i < count; ++i) {
        const CVSRingView &view = views[i];
        require(view.silhouette->area > 0, "a view is empty");
        require(std::isfinite(view.focal) && view.focal > 0 && std::isfinite(view.principal[0]) &&
                    std::isfinite(view.principal[1]),
                "a focal length is above 0");
        if (!options.ordered) continue;
        require(view.place >= 0 && view.place < options.places && !taken[size_t(view.place)], "a place is taken once");
        taken[size_t(view.place)] = true;
    }
}

/// A solve that went astray must not be taken for cameras.
void checkFinite(const std::vector<CVSCamera> &cameras) {
    for (const CVSCamera &camera : cameras) {
        double sum = camera.focal + camera.k1;
        for (const double value : camera.rotation) sum += value;
        for (const double value : camera.translation) sum += value;
        if (!std::isfinite(sum)) throw cvs::Error{CVSStatusInternal, "a camera of the ring is no number"};
    }
}

CVSRing ringOf(Question question, const Verdict &verdict, double radius) {
    const Frame frame = frameOf(question.views, verdict, radius);
    CVSRing ring{{}, verdict, radius, {}, {}, {}};
    for (size_t i = 0; i < question.views.size(); ++i)
        ring.cameras.push_back(cameraOf(question.views[i], verdict.best.model.stations[i], verdict.best.model, frame));
    checkFinite(ring.cameras);
    ring.shortfalls = verdict.best.shortfalls;
    ring.report = {verdict.best.mirrored,
                   verdict.best.mirrored && verdict.best.score < std::max(0.2, 8 * verdict.scoreUnmirrored),
                   verdict.best.shortfall,
                   verdict.unit,
                   explainedBy(question.views, verdict.touches),
                   verdict.best.score,
                   verdict.scoreUnmirrored,
                   verdict.scoreMirrored,
                   verdict.scoreOtherPlane,
                   verdict.scoreOtherWay,
                   frame.facing,
                   {frame.low.x(), frame.low.y(), frame.low.z()},
                   {frame.high.x(), frame.high.y(), frame.high.z()},
                   verdict.matchesUsed,
                   alikeOf(question.views)};
    ring.question = std::move(question);
    return ring;
}

CVSRing ringOf(const CVSRingView *views, int32_t count, const CVSRingOptions &options, CVSCancel cancel) {
    Question question;
    for (int32_t i = 0; i < count; ++i) {
        question.views.push_back(viewOf(*views[i].silhouette, views[i].focal, views[i].principal, raysOf(count)));
        question.places.push_back(options.ordered ? views[i].place : i);
    }
    question.ordered = options.ordered;
    question.walk = options.ordered ? options.places : count;
    question.symmetric = options.symmetric;
    question.focalSigma = options.focal_sigma;
    question.distortionSigma = options.distortion_sigma;
    const Verdict verdict = solve(question, cancel);
    return ringOf(std::move(question), verdict, options.radius);
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_ring_solve(const CVSRingView *views, int32_t count, const CVSRingOptions *options,
                                               CVSCancel cancel, CVSRing **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        check(views, count, *options);
        *out = new CVSRing(ringOf(views, count, *options, cancel));
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_ring_join(const CVSRing *ring, const CVSRingMatch *matches, int32_t match_count,
                                              CVSCancel cancel, CVSRing **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        checkMatches(matches, match_count, int32_t(ring->question.views.size()));
        Question question = ring->question;
        question.matches.assign(matches, matches + match_count);
        const Verdict verdict = joined(question, ring->verdict, cancel);
        *out = new CVSRing(ringOf(std::move(question), verdict, ring->radius));
    });
}

extern "C" CVS_EXPORT void cvs_ring_destroy(CVSRing *ring) noexcept { delete ring; }
extern "C" CVS_EXPORT CVSRingReport cvs_ring_report(const CVSRing *ring) noexcept { return ring->report; }
extern "C" CVS_EXPORT CVSCamera cvs_ring_camera(const CVSRing *ring, int32_t index) noexcept {
    return ring->cameras[size_t(index)];
}
extern "C" CVS_EXPORT double cvs_ring_shortfall(const CVSRing *ring, int32_t index) noexcept {
    return ring->shortfalls[size_t(index)];
}
