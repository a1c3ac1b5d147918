#include <algorithm>
#include <cmath>

#include "RingOrder.hpp"
#include "RingSolver.hpp"

namespace cvs::ring {

std::vector<Answer> Solver::startsOf() const {
    std::vector<double> focals{0};
    if (question.focalSigma > 0.25) focals = {-0.25, 0.25};
    std::vector<int> back;
    for (const int place : question.places) back.push_back((question.walk - place) % question.walk);
    if (!question.ordered) {
        // The order that they came in is worth a try.
        std::vector<std::vector<int>> placings = likelyPlacings(views, 20, cancel);
        for (const std::vector<int> &places : {question.places, back})
            if (std::find(placings.begin(), placings.end(), places) == placings.end()) placings.push_back(places);
        return startsOfPlacings(placings, focals);
    }
    std::vector<Answer> starts;
    for (const std::vector<int> &places : {question.places, back})
        for (const double elevation : {0.21, 0.07, 0.42})
            for (const double focal : focals) starts.push_back(startOf(places, elevation, focal));
    prune(starts, starts.size());
    return starts;
}

std::vector<Answer> Solver::startsOfPlacings(const std::vector<std::vector<int>> &placings,
                                             const std::vector<double> &focals) const {
    std::vector<std::pair<Answer, const std::vector<int> *>> starts;
    for (const std::vector<int> &places : placings) starts.push_back({startOf(places, 0.21, 0), &places});
    std::sort(starts.begin(), starts.end(), [](const auto &a, const auto &b) { return a.first.score < b.first.score; });
    starts.resize((starts.size() + 1) / 2);
    std::vector<Answer> best;
    for (const auto &[start, places] : starts) {
        best.push_back(start);
        for (const double elevation : {0.07, 0.21, 0.42})
            for (const double focal : focals) {
                if (elevation == 0.21 && focal == 0) continue;
                const Answer other = startOf(*places, elevation, focal);
                if (other.score < best.back().score) best.back() = other;
            }
    }
    prune(best, best.size());
    return best;
}

Answer Solver::startOf(const std::vector<int> &places, double elevation, double focal) const {
    Answer answer;
    answer.circle.height = std::sin(elevation);
    answer.circle.radius = std::cos(elevation);
    for (const int place : places) answer.circle.azimuths.push_back(2 * M_PI * place / question.walk);
    answer.model.lens[0] = focal;
    for (size_t i = 0; i < views.size(); ++i)
        answer.model.stations.push_back(
            stationAt(views[i], answer.circle.azimuths[i], elevation, answer.model.lens.data()));
    begin(answer);
    return answer;
}

void Solver::begin(Answer &answer) const {
    Terms terms = termsOf(false);
    terms.tangent = 3 * unit;
    terms.iterations = 15;
    refine(views, answer.circle, terms, {}, answer.model, cancel);
    weigh(answer, touchesOf(views, answer.model, searchOf(false, 6), cancel), rough);
}

}  // namespace cvs::ring
