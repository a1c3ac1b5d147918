#include "RingModel.hpp"

#include <algorithm>
#include <cmath>

namespace cvs::ring {

namespace {

/// Corners of the convex hull in order (Andrew 1979).
std::vector<Spot> hullOf(std::vector<Spot> spots) {
    std::sort(spots.begin(), spots.end(),
              [](const Spot &a, const Spot &b) { return std::pair(a.x, a.y) < std::pair(b.x, b.y); });
    std::vector<Spot> hull;
    const auto turns = [&](const Spot &next) {
        const Spot &a = hull[hull.size() - 2], &b = hull.back();
        return (b.x - a.x) * (next.y - a.y) - (b.y - a.y) * (next.x - a.x) > 0;
    };
    for (int half = 0; half < 2; ++half) {
        const size_t first = hull.size() + 1;
        for (const Spot &spot : spots) {
            while (hull.size() > first && !turns(spot)) hull.pop_back();
            hull.push_back(spot);
        }
        if (!hull.empty()) hull.pop_back();
        std::reverse(spots.begin(), spots.end());
    }
    return hull;
}

/// The hull without corners that stand out less than a fourteenth of a pixel.
std::vector<Spot> plainer(const std::vector<Spot> &hull) {
    std::vector<Spot> kept;
    for (size_t i = 0; i < hull.size(); ++i) {
        const Spot &next = hull[(i + 1) % hull.size()], &spot = hull[i];
        if (!kept.empty()) {
            const double dx = next.x - kept.back().x, dy = next.y - kept.back().y, length = std::hypot(dx, dy);
            const double out = std::abs((spot.x - kept.back().x) * dy - (spot.y - kept.back().y) * dx);
            if (out < 0.07 * length && spot.known == next.known) continue;
        }
        kept.push_back(spot);
    }
    return kept;
}

/// Places every `step` pixels along a line, each the mean of the line around it.
void spread(const Outline &line, double step, const View &view, std::vector<Spot> &into) {
    double run = step / 2;
    const size_t count = line.size();
    for (size_t i = 0; i < count; ++i) {
        const OutlinePoint &p = line[i], &q = line[(i + 1) % count];
        const double length = std::hypot(q.x - p.x, q.y - p.y);
        while (run < length) {
            const double share = run / length, x = p.x + share * (q.x - p.x), y = p.y + share * (q.y - p.y);
            if (!p.cut && !q.cut) into.push_back({x - view.principal[0], y - view.principal[1], step, x, y, true});
            run += step;
        }
        run -= length;
    }
}

}  // namespace

View viewOf(const CVSSilhouette &silhouette, double focal, const double principal[2], int spots) {
    View view{&silhouette, focal, {principal[0], principal[1]}, {}, {}, {0, 0}, silhouette.outlines.empty(), {0, 0}, 0};
    if (view.empty) return view;
    std::vector<Spot> corners;
    double length = 0, low[2] = {1e9, 1e9}, high[2] = {-1e9, -1e9};
    for (const Outline &line : silhouette.outlines) {
        for (size_t i = 0; i < line.size(); ++i) {
            const OutlinePoint &p = line[i], &q = line[(i + 1) % line.size()];
            const OutlinePoint &o = line[(i + line.size() - 1) % line.size()];
            corners.push_back({p.x - principal[0], p.y - principal[1], 0, p.x, p.y, !p.cut && !q.cut && !o.cut});
            length += std::hypot(q.x - p.x, q.y - p.y);
            low[0] = std::min(low[0], corners.back().x), high[0] = std::max(high[0], corners.back().x);
            low[1] = std::min(low[1], corners.back().y), high[1] = std::max(high[1], corners.back().y);
        }
    }
    view.hull = plainer(hullOf(std::move(corners)));
    for (const Outline &line : silhouette.outlines) spread(line, length / spots, view, view.contour);
    view.box[0] = high[0] - low[0];
    view.box[1] = high[1] - low[1];
    view.size = std::hypot(view.box[0], view.box[1]);
    view.middle[0] = (low[0] + high[0]) / 2;
    view.middle[1] = (low[1] + high[1]) / 2;
    return view;
}

Pose poseOf(const Station &station) {
    const Vector turn(station.free[0], station.free[1], station.free[2]);
    const double angle = turn.norm();
    Matrix cross;
    cross << 0, -turn.z(), turn.y(), turn.z(), 0, -turn.x(), -turn.y(), turn.x(), 0;
    Pose pose;
    pose.centre = Vector(station.free[3], station.free[4], station.free[5]);
    const double a = angle > 1e-4 ? std::sin(angle) / angle : 1 - angle * angle / 6;
    const double b = angle > 1e-4 ? (1 - std::cos(angle)) / (angle * angle) : 0.5 - angle * angle / 24;
    const double c = angle > 1e-4 ? (1 - a) / (angle * angle) : 1.0 / 6 - angle * angle / 120;
    const Matrix square = cross * cross;
    pose.rotation = (Matrix::Identity() + a * cross + b * square) * station.base;
    pose.leftJacobian = Matrix::Identity() + b * cross + c * square;
    return pose;
}

Station stationAt(const View &view, double azimuth, double elevation, const double lens[2]) {
    const Vector centre(std::sin(azimuth) * std::cos(elevation), std::sin(elevation),
                        std::cos(azimuth) * std::cos(elevation));
    const Vector ahead = -centre, right = ahead.cross(Vector(0, 1, 0)).normalized();
    Matrix looking;
    looking.row(0) = right.transpose();
    looking.row(1) = ahead.cross(right).transpose();
    looking.row(2) = ahead.transpose();
    const Vector ray = directionOf<double>(view, view.middle[0], view.middle[1], lens).normalized();
    const Matrix aside = Eigen::Quaterniond::FromTwoVectors(Vector(0, 0, 1), ray).toRotationMatrix();
    return {{0, 0, 0, centre.x(), centre.y(), centre.z()}, aside * looking};
}

void rebase(Model &model) {
    for (Station &station : model.stations) {
        const Eigen::Quaterniond turn(poseOf(station).rotation);
        station.base = turn.normalized().toRotationMatrix();
        station.free[0] = station.free[1] = station.free[2] = 0;
    }
}

}  // namespace cvs::ring
