#include "Sweep.hpp"

#include <cmath>
#include <limits>

#include "../Guard.hpp"
#include "Matching.hpp"

namespace {

// Least cosine between a surface's normal and the direction that it is seen in.
constexpr float leastCosine = 0.12f;

/// A small generator whose numbers are the same everywhere (Marsaglia 2003).
class Chance {
public:
    explicit Chance(uint32_t seed) : state(seed * 2654435761u | 1u) {
        for (int i = 0; i < 4; ++i) next();
    }
    /// -1...1.
    float signedUnit() { return float(int32_t(next())) * 0x1p-31f; }
    float unit() { return float(next() >> 8) * 0x1p-24f; }

private:
    uint32_t state;

    uint32_t next() {
        state ^= state << 13;
        state ^= state >> 17;
        return state ^= state << 5;
    }
};

float lengthOf(const cv::Vec3f &v) { return std::sqrt(v.dot(v)); }

/// The plane with a normal through the place at an inverse depth.
cvs::Plane planeThrough(const cv::Vec3f &normal, const cv::Vec3f &ray, float inverse) {
    return normal * (inverse / normal.dot(ray));
}

bool isSeenFromFront(const cv::Vec3f &normal, const cv::Vec3f &ray) {
    return normal.dot(ray) > leastCosine * lengthOf(normal) * lengthOf(ray);
}

cv::Vec3f turned(const cv::Vec3f &normal, float reach, Chance &chance) {
    const float length = lengthOf(normal);
    return {normal[0] + reach * length * chance.signedUnit(), normal[1] + reach * length * chance.signedUnit(),
            normal[2] + reach * length * chance.signedUnit()};
}

/// Inverse depths of the nearest known point, for each pixel (two passes, Danielsson 1980).
cv::Mat nearestKnown(const cvs::DepthView &view, size_t level) {
    const CVSCamera camera = view.at(level);
    const double factor = double(camera.width) / view.camera.width;
    cv::Mat depth(camera.height, camera.width, CV_32F, cv::Scalar(0));
    cv::Mat from(depth.size(), CV_32SC2, cv::Scalar(-1, -1));
    for (const cvs::Seen &point : view.points) {
        const int x = int(std::lround((point.x + 0.5) * factor - 0.5));
        const int y = int(std::lround((point.y + 0.5) * factor - 0.5));
        if (x < 0 || y < 0 || x >= depth.cols || y >= depth.rows) continue;
        depth.at<float>(y, x) = float(1 / point.depth);
        from.at<cv::Vec2i>(y, x) = {x, y};
    }
    const auto take = [&](int x, int y, int dx, int dy) {
        const int px = x + dx, py = y + dy;
        if (px < 0 || py < 0 || px >= depth.cols || py >= depth.rows) return;
        const cv::Vec2i other = from.at<cv::Vec2i>(py, px);
        if (other[0] < 0) return;
        cv::Vec2i &own = from.at<cv::Vec2i>(y, x);
        const auto away = [&](const cv::Vec2i &p) { return (p[0] - x) * (p[0] - x) + (p[1] - y) * (p[1] - y); };
        if (own[0] >= 0 && away(own) <= away(other)) return;
        own = other;
        depth.at<float>(y, x) = depth.at<float>(other[1], other[0]);
    };
    for (int y = 0; y < depth.rows; ++y) {
        for (int x = 0; x < depth.cols; ++x) {
            take(x, y, -1, 0);
            take(x, y, 0, -1);
        }
        for (int x = depth.cols - 1; x >= 0; --x) take(x, y, 1, 0);
    }
    for (int y = depth.rows - 1; y >= 0; --y) {
        for (int x = depth.cols - 1; x >= 0; --x) {
            take(x, y, 1, 0);
            take(x, y, 0, 1);
        }
        for (int x = 0; x < depth.cols; ++x) take(x, y, -1, 0);
    }
    return depth;
}

}  // namespace

void cvs::startPlanes(DepthView &view, const std::vector<DepthView> &all, size_t level, uint32_t seed,
                      CVSCancel cancel) {
    const cv::Size size = view.greys[level].size();
    const cv::Mat before = view.planes;
    cv::Mat planes(size, CV_32FC3), costs(size, CV_32F, cv::Scalar(Matching::worst));
    if (!before.empty()) {
        for (int y = 0; y < size.height; ++y)
            for (int x = 0; x < size.width; ++x)
                planes.at<Plane>(y, x) =
                    before.at<Plane>(std::min(y / 2, before.rows - 1), std::min(x / 2, before.cols - 1));
    } else {
        Matching matching(view, all, level, false);
        const cv::Mat known = nearestKnown(view, level);
        for (int y = 0; y < size.height; ++y) {
            stopIfCancelled(cancel);
            Chance chance(seed + uint32_t(y) * 7919u);
            for (int x = 0; x < size.width; ++x) {
                matching.moveTo(x, y);
                float inverse = 1 / view.farthest + chance.unit() * (1 / view.nearest - 1 / view.farthest);
                const Plane blind = planeThrough(turned(matching.ray, 0.5f, chance), matching.ray, inverse);
                if (known.at<float>(y, x) > 0) inverse = known.at<float>(y, x);
                const Plane guess = planeThrough(turned(matching.ray, 0.3f, chance), matching.ray, inverse);
                planes.at<Plane>(y, x) = matching.cost(blind) < matching.cost(guess) ? blind : guess;
            }
        }
    }
    view.planes = planes;
    view.costs = costs;
}

void cvs::sweep(DepthView &view, const std::vector<DepthView> &all, const Round &round, uint32_t seed,
                CVSCancel cancel) {
    Matching matching(view, all, round.level, round.agrees);
    cv::Mat &planes = view.planes, &costs = view.costs;
    const int columns = planes.cols, rows = planes.rows, way = round.number % 2 ? -1 : 1;
    const float least = 0.8f / view.farthest, most = 1.25f / view.nearest;
    for (int line = 0; line < rows; ++line) {
        stopIfCancelled(cancel);
        const int y = way > 0 ? line : rows - 1 - line;
        Chance chance(seed + uint32_t(y) * 7919u + uint32_t(round.number) * 104729u);
        for (int place = 0; place < columns; ++place) {
            const int x = way > 0 ? place : columns - 1 - place;
            matching.moveTo(x, y);
            Plane &best = planes.at<Plane>(y, x);
            float cost = matching.cost(best);
            const auto attempt = [&](const Plane &plane) {
                if (plane == best) return;
                const float inverse = plane.dot(matching.ray);
                if (!(inverse >= least && inverse <= most) || !isSeenFromFront(plane, matching.ray)) return;
                const float other = matching.cost(plane);
                if (other < cost) {
                    cost = other;
                    best = plane;
                }
            };
            if (x - way >= 0 && x - way < columns) attempt(planes.at<Plane>(y, x - way));
            if (y - way >= 0 && y - way < rows) attempt(planes.at<Plane>(y - way, x));
            attempt(best * (1 + round.reach * chance.signedUnit()));
            attempt(planeThrough(turned(best, 4 * round.reach, chance), matching.ray, best.dot(matching.ray)));
            costs.at<float>(y, x) = cost;
        }
    }
}
