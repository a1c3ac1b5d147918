#include <algorithm>
#include <array>
#include <map>

#include "RingSolver.hpp"

namespace cvs::ring {

namespace {

/// How far matches may lie from their lines in units, round by round: at first as far as outlines alone may be wrong.
constexpr double gates[] = {16, 8, 5, 3, 3};
/// How many independent matches a view counts for at most.
constexpr double matchesOfView = 200;
/// What the outlines may cost more once matches have joined: masks that are wrong fit right cameras less well.
constexpr double mostRise = 0.15;

/// What the outlines' rays are worth by how far they miss the hull: exact masks are hardly moved by matches.
double sigmaOf(const std::vector<Touch> &touches, double unit) {
    double lack = 0;
    for (const Touch &touch : touches) lack += std::max(0.0, -touch.value);
    return std::clamp(2 * lack / double(std::max<size_t>(1, touches.size())), 0.1 * unit, unit);
}

/// The sigma that a median of distances stands for (Rousseeuw, Leroy 1987).
double sigmaOf(std::vector<double> away, double unit) {
    if (away.empty()) return unit;
    const auto middle = away.begin() + long(away.size() / 2);
    std::nth_element(away.begin(), middle, away.end());
    return std::max(0.3 * unit, 1.4826 * *middle);
}

}  // namespace

std::vector<CVSRingMatch> Solver::nearby(const Answer &answer, double gate, double &sigma) const {
    struct Count {
        double within = 0, beyond = 0;
    };
    std::map<std::array<int, 3>, Count> counts;
    const auto pairOf = [](const CVSRingMatch &match) {
        return std::array<int, 3>{match.first, match.second, match.mirrored};
    };
    std::vector<double> away, kept;
    for (const CVSRingMatch &match : question.matches) {
        away.push_back(misfit(views, answer.model, match));
        Count &count = counts[pairOf(match)];
        if (away.back() < gate)
            count.within += 1;
        else if (away.back() < 4 * gate)
            count.beyond += 1;
    }
    std::vector<CVSRingMatch> near;
    for (size_t i = 0; i < away.size(); ++i) {
        const CVSRingMatch &match = question.matches[i];
        const Count &count = counts[pairOf(match)];
        if (away[i] >= gate || count.within <= count.beyond * 2 / 3 + 6 || (match.mirrored && !answer.mirrored))
            continue;
        near.push_back(match);
        kept.push_back(away[i]);
    }
    sigma = sigmaOf(kept, unit);
    return near;
}

void Solver::join(Verdict &verdict) const {
    if (question.matches.empty()) return;
    Answer answer = verdict.best;
    size_t used = 0;
    for (const double gate : gates) {
        const std::vector<Touch> touches = touchesOf(views, answer.model, searchOf(answer.mirrored, 1), cancel);
        Terms terms = termsOf(answer.mirrored);
        const std::vector<CVSRingMatch> near = nearby(answer, gate * unit, terms.match);
        used = near.size();
        terms.ray = sigmaOf(touches, unit);
        terms.tangent = 4 * terms.ray;
        terms.matchesOfView = matchesOfView;
        terms.iterations = 8;
        terms.distortion = question.distortionSigma;
        terms.spread = loose();
        refine(views, answer.circle, terms, {touches, near}, answer.model, cancel);
    }
    weigh(answer, touchesOf(views, answer.model, searchOf(answer.mirrored, 1), cancel));
    if (used == 0 || answer.score > verdict.best.score + mostRise) return;
    verdict.best = answer;
    verdict.matchesUsed = int32_t(used);
}

Verdict joined(const Question &question, const Verdict &verdict, CVSCancel cancel) {
    const Solver solver(question, cancel);
    Verdict next = verdict;
    solver.join(next);
    next.touches = solver.finalTouches(next.best);
    return next;
}

}  // namespace cvs::ring
