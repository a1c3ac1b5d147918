#include "RingFrame.hpp"

#include <algorithm>
#include <cmath>

namespace cvs::ring {

namespace {

/// The places where rays touch the hull, with their mirror images.
std::vector<Vector> touchedPoints(const std::vector<View> &views, const Verdict &verdict) {
    const Stage stage(views, verdict.best.model);
    std::vector<Vector> points;
    for (const Touch &touch : verdict.touches) {
        if (touch.value < -3 * verdict.unit) continue;
        const Pose &pose = stage.poses[size_t(touch.view)];
        const Vector ray =
            directionOf<double>(views[size_t(touch.view)], touch.spot->x, touch.spot->y, stage.lens.data());
        points.push_back(pose.centre + touch.depth * (pose.rotation.transpose() * ray));
        if (verdict.best.mirrored) points.push_back(stage.mirrored(points.back()));
    }
    return points;
}

/// The direction in the ground plane that the points spread along most.
Vector longest(const std::vector<Vector> &points) {
    Vector mean = Vector::Zero();
    for (const Vector &point : points) mean += point / double(points.size());
    double xx = 0, xz = 0, zz = 0;
    for (const Vector &point : points) {
        const double x = point.x() - mean.x(), z = point.z() - mean.z();
        xx += x * x, xz += x * z, zz += z * z;
    }
    const double angle = 0.5 * std::atan2(2 * xz, xx - zz);
    return Vector(std::cos(angle), 0, std::sin(angle));
}

/// Half a percent of the points at either end are left out.
void boxOf(const std::vector<Vector> &points, const Matrix &turn, Vector &low, Vector &high) {
    for (int axis = 0; axis < 3; ++axis) {
        std::vector<double> along;
        for (const Vector &point : points) along.push_back(turn.row(axis).dot(point));
        std::sort(along.begin(), along.end());
        const size_t out = along.size() / 200;
        low[axis] = along.empty() ? 0 : along[out];
        high[axis] = along.empty() ? 0 : along[along.size() - 1 - out];
    }
}

/// How high the hull is above the middle line, at shares of the length from the rear to the front; below `low` where
/// there is nothing.
std::vector<double> profileOf(const std::vector<View> &views, const Verdict &verdict, const Matrix &turn,
                              const Vector &low, const Vector &high) {
    constexpr int along = 40, up = 60;
    const Stage stage(views, verdict.best.model);
    const auto inside = [&](const Vector &point) {
        for (int i = 0; i < int(views.size()); ++i)
            for (int mirror = 0; mirror <= int(verdict.best.mirrored); ++mirror) {
                bool known;
                const double value = stage.distance(i, mirror, point, known);
                if (known && value < -2 * verdict.unit) return false;
            }
        return true;
    };
    std::vector<double> heights;
    for (int k = 0; k < along; ++k) {
        double highest = low.y();
        for (int j = up - 1; j >= 0 && highest == low.y(); --j) {
            const Vector place((low.x() + high.x()) / 2, low.y() + (j + 0.5) / up * (high.y() - low.y()),
                               low.z() + (k + 0.5) / along * (high.z() - low.z()));
            if (inside(turn.transpose() * place)) highest = place.y();
        }
        heights.push_back(highest);
    }
    return heights;
}

/// A car's front is its lower end: the mean height of the last quarter against that of the first.
double lowerAhead(const std::vector<double> &heights, double height) {
    const size_t quarter = heights.size() / 4;
    double rear = 0, front = 0;
    for (size_t i = 0; i < quarter; ++i) {
        rear += heights[i] / double(quarter);
        front += heights[heights.size() - 1 - i] / double(quarter);
    }
    return height > 0 ? (rear - front) / height : 0;
}

Matrix towards(const Vector &ahead) {
    const Vector up(0, 1, 0);
    Matrix turn;
    turn.row(0) = up.cross(ahead).transpose();
    turn.row(1) = up.transpose();
    turn.row(2) = ahead.transpose();
    return turn;
}

}  // namespace

Frame frameOf(const std::vector<View> &views, const Verdict &verdict, double radius) {
    const Model &model = verdict.best.model;
    const std::vector<Vector> points = touchedPoints(views, verdict);
    const Vector normal(std::cos(model.plane[0]), 0, std::sin(model.plane[0]));
    const Vector ahead = verdict.best.mirrored ? normal.cross(Vector(0, 1, 0)) : longest(points);
    Frame frame;
    frame.turn = towards(ahead);
    Vector low, high;
    boxOf(points, frame.turn, low, high);
    frame.facing = lowerAhead(profileOf(views, verdict, frame.turn, low, high), high.y() - low.y());
    if (frame.facing < 0) {
        frame.facing = -frame.facing;
        frame.turn = towards(-ahead);
        boxOf(points, frame.turn, low, high);
    }
    double mean = 0;
    for (const Station &station : model.stations)
        mean += std::hypot(station.free[3], station.free[5]) / double(model.stations.size());
    frame.scale = mean > 0 ? radius / mean : 1;
    Vector start((low.x() + high.x()) / 2, low.y(), (low.z() + high.z()) / 2);
    if (verdict.best.mirrored) start.x() = model.plane[1] * frame.turn.row(0).dot(normal);
    frame.origin = frame.turn.transpose() * start;
    frame.low = frame.scale * (low - start);
    frame.high = frame.scale * (high - start);
    return frame;
}

}  // namespace cvs::ring
