#include "Sources.hpp"

#include <algorithm>
#include <cmath>

namespace {

// Points that two views must share, each counting less under a bad angle.
constexpr double leastShared = 8;
// Degrees: the best angle between two rays, and how fast smaller and larger ones get worse.
constexpr double bestAngle = 10, narrower = 4, wider = 14;

double worthOf(const cv::Vec3d &point, const cv::Vec3d &one, const cv::Vec3d &two) {
    const cv::Vec3d a = one - point, b = two - point;
    const double angle = std::atan2(cv::norm(a.cross(b)), a.dot(b)) * 180 / CV_PI, away = angle - bestAngle;
    const double width = away < 0 ? narrower : wider;
    return std::exp(-0.5 * away * away / (width * width));
}

}  // namespace

void cvs::chooseSources(std::vector<DepthView> &views, const std::vector<cv::Vec3d> &points, const Sightings &sightings,
                        size_t most) {
    const size_t count = views.size();
    std::vector<std::vector<int>> seeing(points.size());
    for (const auto &[view, point] : sightings) seeing[size_t(point)].push_back(view);
    std::vector<double> worth(count * count, 0);
    for (size_t p = 0; p < points.size(); ++p) {
        for (const int one : seeing[p]) {
            const Seen seen = see(views[size_t(one)].camera, points[p]);
            if (seen.depth > 0) views[size_t(one)].points.push_back(seen);
            for (const int two : seeing[p])
                if (one != two)
                    worth[size_t(one) * count + size_t(two)] +=
                        worthOf(points[p], centreOf(views[size_t(one)].camera), centreOf(views[size_t(two)].camera));
        }
    }
    for (size_t v = 0; v < count; ++v) {
        DepthView &view = views[v];
        std::vector<double> depths;
        for (const Seen &seen : view.points) depths.push_back(seen.depth);
        if (depths.size() < 10) continue;
        std::sort(depths.begin(), depths.end());
        view.nearest = float(0.7 * depths[depths.size() / 50]);
        view.farthest = float(1.5 * depths[depths.size() - 1 - depths.size() / 50]);
        std::vector<std::pair<double, int>> ranked;
        for (size_t other = 0; other < count; ++other)
            if (worth[v * count + other] >= leastShared) ranked.push_back({-worth[v * count + other], int(other)});
        std::sort(ranked.begin(), ranked.end());
        for (size_t i = 0; i < std::min(most, ranked.size()); ++i) view.sources.push_back(ranked[i].second);
    }
}
