#include <algorithm>
#include <cmath>

#include "RingSolver.hpp"

namespace cvs::ring {

namespace {

double middleOfWidestGap(std::vector<double> azimuths) {
    std::sort(azimuths.begin(), azimuths.end());
    double widest = azimuths.front() + 2 * M_PI - azimuths.back(), middle = azimuths.back() + widest / 2;
    for (size_t i = 1; i < azimuths.size(); ++i)
        if (azimuths[i] - azimuths[i - 1] > widest) {
            widest = azimuths[i] - azimuths[i - 1];
            middle = (azimuths[i] + azimuths[i - 1]) / 2;
        }
    return middle;
}

}  // namespace

std::vector<Answer> Solver::repairsOf(const Answer &answer) const {
    const size_t count = views.size();
    std::vector<double> azimuths;
    for (const Station &station : answer.model.stations)
        azimuths.push_back(std::atan2(station.free[3], station.free[5]));
    using Ranked = std::vector<std::pair<double, std::vector<double>>>;
    Ranked swaps, moves;
    const auto rank = [&](const std::vector<double> &changed, Ranked &ranked) {
        Answer tried = moved(answer, changed);
        weigh(tried, touchesOf(views, tried.model, searchOf(false, 6), cancel), rough);
        ranked.push_back({tried.score, changed});
    };
    const double gap = middleOfWidestGap(azimuths);
    for (size_t i = 0; i < count; ++i) {
        std::vector<double> changed = azimuths;
        changed[i] = gap;
        rank(changed, moves);
        for (size_t j = 0; j < i; ++j) {
            changed = azimuths;
            std::swap(changed[i], changed[j]);
            rank(changed, swaps);
        }
    }
    std::vector<Answer> starts;
    for (size_t k = 0; k < 12; ++k) {
        Ranked &ranked = k % 2 ? moves : swaps;
        if (k < 2) std::sort(ranked.begin(), ranked.end());
        if (k / 2 >= ranked.size()) continue;
        Answer changed = moved(answer, ranked[k / 2].second);
        begin(changed);
        starts.push_back(changed);
    }
    prune(starts, 4);
    return starts;
}

Answer Solver::moved(const Answer &answer, const std::vector<double> &azimuths) const {
    Answer other = answer;
    other.mirrored = false;
    for (size_t i = 0; i < views.size(); ++i) {
        const Station &station = answer.model.stations[i];
        if (azimuths[i] != std::atan2(station.free[3], station.free[5]))
            other.model.stations[i] = stationAt(views[i], azimuths[i], 0.2, answer.model.lens.data());
    }
    other.circle.azimuths = azimuths;
    return other;
}

}  // namespace cvs::ring
