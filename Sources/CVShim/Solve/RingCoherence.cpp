#include "RingCoherence.hpp"

#include <algorithm>
#include <cmath>

namespace cvs::ring {

Stage::Stage(const std::vector<View> &views, const Model &model)
    : views(views),
      lens(model.lens),
      normal(std::cos(model.plane[0]), 0, std::sin(model.plane[0])),
      across(-std::sin(model.plane[0]), 0, std::cos(model.plane[0])),
      offset(model.plane[1]) {
    for (size_t i = 0; i < views.size(); ++i) {
        poses.push_back(poseOf(model.stations[i]));
        focals.push_back(views[i].focal * std::exp(lens[0]));
    }
}

double Stage::distance(int view, bool mirror, const Vector &point, bool &known) const {
    const Pose &pose = poses[size_t(view)];
    const Vector place = mirror ? mirrored(point) : point;
    const Vector seen = pose.rotation * (place - pose.centre);
    known = seen.z() > 1e-6;
    if (!known) return 0;
    const double u = seen.x() / seen.z(), v = seen.y() / seen.z();
    const double scale = focals[size_t(view)] * (1 + lens[1] * (u * u + v * v));
    const View &shot = views[size_t(view)];
    return shot.silhouette->valueAt(scale * u + shot.principal[0], scale * v + shot.principal[1], known);
}

namespace {

/// A ray of one view against all other views and their mirror images.
class Ray {
public:
    Ray(const Stage &stage, int view, const Spot &spot, bool mirror)
        : stage(stage), view(view), count(int(stage.views.size())), mirror(mirror) {
        const Pose &pose = stage.poses[size_t(view)];
        origin = pose.centre;
        along = pose.rotation.transpose() *
                directionOf<double>(stage.views[size_t(view)], spot.x, spot.y, stage.lens.data());
    }

    /// The least distance at a depth; stops early once it is below `floor`.
    double least(double depth, double floor, int *which = nullptr) {
        const Vector point = origin + depth * along;
        double least = 1e9;
        // The view that bounded the last place bounds this one most often.
        for (int k = 0; k <= 2 * count; ++k) {
            const int index = k == 0 ? last : k - 1;
            if (index < 0 || (k > 0 && index == last)) continue;
            if (index == view || (index >= count && !mirror)) continue;
            bool known;
            const double value = stage.distance(index % count, index >= count, point, known);
            if (!known || value >= least) continue;
            least = value;
            worst = index;
            if (least < floor) break;
        }
        last = worst;
        if (which) *which = worst;
        return least;
    }

    /// The best of evenly spread depths; where the distance is far too small, as many are skipped as that surely spans.
    std::pair<double, double> deepestOf(const CoherenceOptions &options) {
        const double scale = 1 / along.norm(), step = (options.farthest - options.nearest) * scale / options.samples;
        const double steepest = stage.focals[size_t(view)] / (scale * options.nearest);
        double best = -1e9, at = 0;
        for (int k = 0; k < options.samples;) {
            const double depth = options.nearest * scale + (k + 0.5) * step;
            const double value = least(depth, best);
            if (value > best) best = value, at = depth;
            k += std::max(1, int((best - value) / (steepest * step)));
        }
        return {at, best};
    }

    /// The greatest value within a step of a depth, by golden section (Kiefer 1953).
    void refine(double &at, double &best, double step) {
        constexpr double golden = 0.6180339887498949;
        double low = at - step, high = at + step;
        double a = high - golden * (high - low), b = low + golden * (high - low);
        double valueA = least(a, -1e9), valueB = least(b, -1e9);
        for (int round = 0; round < 14; ++round) {
            if (valueA > valueB) {
                high = b, b = a, valueB = valueA;
                a = high - golden * (high - low), valueA = least(a, -1e9);
            } else {
                low = a, a = b, valueA = valueB;
                b = low + golden * (high - low), valueB = least(b, -1e9);
            }
        }
        if (valueA > best) best = valueA, at = a;
        if (valueB > best) best = valueB, at = b;
    }

    double slope(int index, double depth) const {
        const double step = 1e-3;
        bool known;
        const double far = stage.distance(index % count, index >= count, origin + (depth + step) * along, known);
        const double near = stage.distance(index % count, index >= count, origin + (depth - step) * along, known);
        return (far - near) / (2 * step);
    }

    /// The bounds at the deepest place: one view, or two that pull against one another.
    std::array<Bound, 2> bounds(double depth, int which) const {
        std::array<Bound, 2> found;
        found[0] = {which % count, which >= count, 1};
        const double own = slope(which, depth);
        const Vector point = origin + depth * along;
        bool known;
        const double value = stage.distance(which % count, which >= count, point, known);
        double best = 1e9;
        int other = -1;
        double otherSlope = 0;
        for (int index = 0; index < 2 * count; ++index) {
            if (index == view || index == which || (index >= count && !mirror)) continue;
            const double here = stage.distance(index % count, index >= count, point, known);
            if (!known || here - value > 3 || here - value >= best) continue;
            const double its = slope(index, depth);
            if (its * own >= 0) continue;
            best = here - value, other = index, otherSlope = its;
        }
        if (other < 0) return found;
        const double share = std::abs(otherSlope) / (std::abs(own) + std::abs(otherSlope));
        found[0].share = share;
        found[1] = {other % count, other >= count, 1 - share};
        return found;
    }

    Vector origin, along;

private:
    const Stage &stage;
    int view, count;
    bool mirror;
    int last = -1, worst = -1;
};

}  // namespace

std::vector<Touch> touchesOf(const std::vector<View> &views, const Model &model, const CoherenceOptions &options,
                             CVSCancel cancel) {
    const Stage stage(views, model);
    std::vector<Touch> touches;
    for (int i = 0; i < int(views.size()); ++i) {
        stopIfCancelled(cancel);
        const View &view = views[size_t(i)];
        for (size_t s = 0; s < view.contour.size(); s += size_t(options.every)) {
            Ray ray(stage, i, view.contour[s], options.mirrored);
            auto [at, best] = ray.deepestOf(options);
            ray.refine(at, best, (options.farthest - options.nearest) / (ray.along.norm() * options.samples));
            int which = -1;
            Touch touch{i, &view.contour[s], at, ray.least(at, -1e9, &which), {}};
            if (which < 0 || touch.value > 1e8) continue;
            touch.bounds = ray.bounds(at, which);
            touches.push_back(touch);
        }
    }
    return touches;
}

}  // namespace cvs::ring
