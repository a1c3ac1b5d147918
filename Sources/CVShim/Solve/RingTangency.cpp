#include "RingTangency.hpp"

#include <algorithm>
#include <cmath>

namespace cvs::ring {

namespace {

/// Slopes round the base line are only compared when no ray is nearer to it than this, as a sine.
constexpr double nearestToBase = 0.08;

struct Extremes {
    const Spot *low = nullptr, *high = nullptr;
    bool clear = false;
};

/// The corners whose rays lie lowest and highest when turned round the base line.
Extremes extremesOf(const View &view, const Matrix &toWorld, const double lens[2], const Vector &ahead,
                    const Vector &aside) {
    Extremes found;
    double low = 0, high = 0;
    for (const Spot &spot : view.hull) {
        const Vector ray = toWorld * directionOf<double>(view, spot.x, spot.y, lens);
        const double forwards = ray.dot(ahead), sideways = ray.dot(aside);
        if (forwards <= nearestToBase * ray.norm()) return {};
        const double slope = sideways / forwards;
        if (!found.low || slope < low) low = slope, found.low = &spot;
        if (!found.high || slope > high) high = slope, found.high = &spot;
    }
    found.clear = found.low != nullptr;
    return found;
}

Matrix mirrorOf(double azimuth) {
    const Vector normal(std::cos(azimuth), 0, std::sin(azimuth));
    return Matrix::Identity() - 2 * normal * normal.transpose();
}

}  // namespace

std::array<Tangent, 2> tangentsOf(const View &first, const View &second, const Pose &a, const Pose &b,
                                  const double lens[2], const double plane[2], bool mirrored) {
    const Matrix mirror = mirrored ? mirrorOf(plane[0]) : Matrix::Identity();
    const Vector normal(std::cos(plane[0]), 0, std::sin(plane[0]));
    const Vector shift = mirrored ? Vector(2 * plane[1] * normal) : Vector(0, 0, 0);
    const Vector other = mirror * b.centre + shift;
    Vector base = other - a.centre;
    if (base.norm() < 1e-3) return {};
    base.normalize();
    Vector ahead = -(a.centre + other) / 2;
    ahead -= base * base.dot(ahead);
    if (ahead.norm() < 0.1) return {};
    ahead.normalize();
    const Vector aside = base.cross(ahead);
    const Extremes here = extremesOf(first, a.rotation.transpose(), lens, ahead, aside);
    if (!here.clear) return {};
    const Extremes there = extremesOf(second, mirror * b.rotation.transpose(), lens, ahead, aside);
    if (!there.clear) return {};
    std::array<Tangent, 2> tangents;
    if (here.low->known && there.low->known) tangents[0] = {here.low, there.low};
    if (here.high->known && there.high->known) tangents[1] = {here.high, there.high};
    return tangents;
}

std::vector<Pair> pairsOf(int count, bool mirrored) {
    constexpr int enough = 120;
    const int half = count / 2, steps = std::min(half, std::max(3, enough / count));
    std::vector<Pair> pairs;
    for (int step = 1; step <= steps; ++step) {
        const int apart = count * (count - 1) / 2 <= enough ? step : 1 + (step - 1) * (half - 1) / (steps - 1);
        // Views that are half the count apart are met from both sides.
        const int last = 2 * apart == count ? half : count;
        for (int i = 0; i < last; ++i) pairs.push_back({i, (i + apart) % count, false});
    }
    const size_t plain = pairs.size();
    for (size_t i = 0; mirrored && i < plain; ++i) pairs.push_back({pairs[i].first, pairs[i].second, true});
    return pairs;
}

double tangencyCost(const std::vector<View> &views, const Model &model, const std::vector<Pair> &pairs, double limit,
                    int *count) {
    std::vector<Pose> poses;
    for (const Station &station : model.stations) poses.push_back(poseOf(station));
    double sum = 0;
    int found = 0;
    for (const Pair &pair : pairs) {
        const View &first = views[size_t(pair.first)], &second = views[size_t(pair.second)];
        const Pose &a = poses[size_t(pair.first)], &b = poses[size_t(pair.second)];
        for (const Tangent &tangent :
             tangentsOf(first, second, a, b, model.lens.data(), model.plane.data(), pair.mirrored)) {
            if (!tangent.first) continue;
            const Vector u = directionOf<double>(first, tangent.first->x, tangent.first->y, model.lens.data());
            const Vector v = directionOf<double>(second, tangent.second->x, tangent.second->y, model.lens.data());
            const double focal = std::exp(model.lens[0]) * std::sqrt(first.focal * second.focal);
            const double away = sampson<double>(a.rotation, a.centre, u, b.rotation, b.centre, v, model.plane.data(),
                                                pair.mirrored, focal);
            sum += std::min(std::abs(away), limit);
            ++found;
        }
    }
    if (count) *count = found;
    return sum;
}

}  // namespace cvs::ring
