#include "RingRayCost.hpp"

#include <algorithm>
#include <cmath>

namespace cvs::ring {

namespace {

using Row = Eigen::Matrix<double, 1, 3>;

Matrix crossOf(const Vector &v) {
    Matrix cross;
    cross << 0, -v.z(), v.y(), v.z(), 0, -v.x(), -v.y(), v.x(), 0;
    return cross;
}

struct Seen {
    double value = 0;
    bool known = false;
    Row byPoint, byTurn, byCentre;
    Eigen::Matrix<double, 1, 2> byLens, byPlane;
};

void add(double *into, const Row &row) {
    for (int k = 0; k < 3; ++k) into[k] += row[k];
}

void addPair(double *into, const Eigen::Matrix<double, 1, 2> &row) {
    if (into) into[0] += row[0], into[1] += row[1];
}

/// How the ray's direction changes with the logarithm of the focal length and with k1.
Eigen::Matrix<double, 3, 2> rayByLens(const Stage &stage, const View &view, const Spot &spot) {
    const double focal = view.focal * std::exp(stage.lens[0]);
    const double u = spot.x / focal, v = spot.y / focal, r = u * u + v * v, q = stage.lens[1] * r;
    const double g = straightened(q), slope = -1 + q * (6 - q * (36 - q * 220));
    Eigen::Matrix<double, 3, 2> by;
    by << -u * (g + 2 * q * slope), u * r * slope, -v * (g + 2 * q * slope), v * r * slope, 0, 0;
    return by;
}

/// The signed distance at a point in a view or its mirror image, with all that it depends on.
Seen look(const Stage &stage, const Bound &bound, const Vector &point) {
    Seen seen;
    const View &view = stage.views[size_t(bound.view)];
    const Pose &pose = stage.poses[size_t(bound.view)];
    const double away = stage.normal.dot(point) - stage.offset;
    const Vector place = bound.mirrored ? Vector(point - 2 * away * stage.normal) : point;
    const Vector y = pose.rotation * (place - pose.centre);
    if (y.z() < 1e-6) return seen;
    const double u = y.x() / y.z(), v = y.y() / y.z(), r = u * u + v * v;
    const double focal = view.focal * std::exp(stage.lens[0]), k1 = stage.lens[1], s = 1 + k1 * r;
    const Depth depth = view.silhouette->at(focal * s * u + view.principal[0], focal * s * v + view.principal[1]);
    seen.known = depth.known;
    seen.value = depth.value;
    const double alongRay = 2 * k1 * (depth.dx * u + depth.dy * v);
    const double du = focal * (depth.dx * s + alongRay * u), dv = focal * (depth.dy * s + alongRay * v);
    const Row bySeen(du / y.z(), dv / y.z(), -(du * u + dv * v) / y.z());
    const Row byPlace = bySeen * pose.rotation;
    seen.byTurn = -bySeen * crossOf(y);
    seen.byCentre = -byPlace;
    seen.byLens << focal * s * (depth.dx * u + depth.dy * v), focal * r * (depth.dx * u + depth.dy * v);
    seen.byPlane.setZero();
    seen.byPoint = byPlace;
    if (bound.mirrored) {
        const double inNormal = byPlace.dot(stage.normal);
        seen.byPoint = byPlace - 2 * inNormal * stage.normal.transpose();
        // dn / d azimuth is `across`.
        seen.byPlane << -2 * (stage.across.dot(point) * inNormal + away * byPlace.dot(stage.across)), 2 * inNormal;
    }
    return seen;
}

}  // namespace

RayCost::RayCost(const Current &current, const Touch &touch, double scale)
    : current(current), touch(touch), scale(scale), order{touch.view} {
    for (const Bound &bound : touch.bounds)
        if (bound.view >= 0 && std::find(order.begin(), order.end(), bound.view) == order.end())
            order.push_back(bound.view);
    set_num_residuals(1);
    for (size_t i = 0; i < order.size(); ++i) mutable_parameter_block_sizes()->push_back(6);
    mutable_parameter_block_sizes()->push_back(2);
    mutable_parameter_block_sizes()->push_back(2);
}

double *RayCost::blockOf(int view, double **jacobians) const {
    for (size_t i = 0; i < order.size(); ++i)
        if (order[i] == view) return jacobians[i];
    return nullptr;
}

bool RayCost::Evaluate(double const *const *, double *residuals, double **jacobians) const {
    const Stage &stage = current.stage();
    const View &view = stage.views[size_t(touch.view)];
    const Pose &pose = stage.poses[size_t(touch.view)];
    const Vector ray = directionOf<double>(view, touch.spot->x, touch.spot->y, stage.lens.data());
    const Vector point = pose.centre + touch.depth * (pose.rotation.transpose() * ray);
    Seen seen[2];
    double value = 0;
    bool known = true;
    for (size_t k = 0; k < 2; ++k) {
        if (touch.bounds[k].view < 0) continue;
        seen[k] = look(stage, touch.bounds[k], point);
        known = known && seen[k].known;
        value += touch.bounds[k].share * seen[k].value;
    }
    const bool active = known && value < 0;
    residuals[0] = active ? scale * value : 0;
    if (!jacobians) return true;
    for (size_t i = 0; i < order.size(); ++i)
        if (jacobians[i]) std::fill(jacobians[i], jacobians[i] + 6, 0.0);
    for (size_t i = order.size(); i < order.size() + 2; ++i)
        if (jacobians[i]) std::fill(jacobians[i], jacobians[i] + 2, 0.0);
    if (!active) return true;
    Row slope = Row::Zero();
    for (size_t k = 0; k < 2; ++k) {
        if (touch.bounds[k].view < 0) continue;
        const double share = touch.bounds[k].share * scale;
        slope += share * seen[k].byPoint;
        if (double *into = blockOf(touch.bounds[k].view, jacobians)) {
            add(into, share * seen[k].byTurn * stage.poses[size_t(touch.bounds[k].view)].leftJacobian);
            add(into + 3, share * seen[k].byCentre);
        }
        addPair(jacobians[order.size()], share * seen[k].byLens);
        addPair(jacobians[order.size() + 1], share * seen[k].byPlane);
    }
    const Row inView = slope * pose.rotation.transpose();
    if (double *into = blockOf(touch.view, jacobians)) {
        add(into, touch.depth * inView * crossOf(ray) * pose.leftJacobian);
        add(into + 3, slope);
    }
    addPair(jacobians[order.size()], touch.depth * inView * rayByLens(stage, view, *touch.spot));
    return true;
}

}  // namespace cvs::ring
