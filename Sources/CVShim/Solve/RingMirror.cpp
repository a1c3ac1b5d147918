#include <algorithm>
#include <cmath>

#include "RingSolve.hpp"

namespace cvs::ring {

std::vector<Model> mirrorPlanes(const std::vector<View> &views, const Model &model, size_t most, CVSCancel cancel) {
    constexpr size_t azimuths = 36;
    constexpr double farthest = 0.1, step = 0.02;
    std::vector<Pair> pairs;
    for (const Pair &pair : pairsOf(int(views.size()), true))
        if (pair.mirrored) pairs.push_back(pair);
    // Enough for a coarse scan: more of them only cost time.
    if (pairs.size() > 80) {
        std::vector<Pair> fewer;
        for (size_t i = 0; i < 80; ++i) fewer.push_back(pairs[i * pairs.size() / 80]);
        pairs = fewer;
    }
    double size = 0;
    for (const View &view : views) size += view.size / double(views.size());
    std::vector<std::pair<double, Model>> lowest;
    for (size_t k = 0; k < azimuths; ++k) {
        stopIfCancelled(cancel);
        std::pair<double, Model> found{1e18, model};
        for (double offset = -farthest; offset <= farthest + step / 2; offset += step) {
            Model moved = model;
            moved.plane = {double(k) * M_PI / azimuths, offset};
            int count = 0;
            const double cost = tangencyCost(views, moved, pairs, 0.03 * size, &count);
            if (count > 0 && cost / count < found.first) found = {cost / count, moved};
        }
        lowest.push_back(found);
    }
    std::vector<std::pair<double, Model>> minima;
    for (size_t k = 0; k < azimuths; ++k)
        if (lowest[k].first <= lowest[(k + 1) % azimuths].first &&
            lowest[k].first <= lowest[(k + azimuths - 1) % azimuths].first)
            minima.push_back(lowest[k]);
    std::sort(minima.begin(), minima.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    std::vector<Model> planes;
    for (size_t i = 0; i < std::min(most, minima.size()); ++i) planes.push_back(minima[i].second);
    return planes;
}

}  // namespace cvs::ring
