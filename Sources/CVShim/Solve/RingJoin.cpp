#include <map>

#include "RingSolver.hpp"

namespace cvs::ring {

std::vector<CVSRingMatch> Solver::nearby(const Model &model, double gate) const {
    struct Count {
        double within = 0, beyond = 0;
    };
    std::map<std::pair<int, int>, Count> counts;
    std::vector<double> away;
    for (const CVSRingMatch &match : question.matches) {
        away.push_back(misfit(views, model, match));
        Count &count = counts[{match.first, match.second}];
        if (away.back() < gate)
            count.within += 1;
        else if (away.back() < 4 * gate)
            count.beyond += 1;
    }
    std::vector<CVSRingMatch> near;
    for (size_t i = 0; i < away.size(); ++i) {
        const CVSRingMatch &match = question.matches[i];
        const Count &count = counts[{match.first, match.second}];
        if (away[i] < gate && count.within > count.beyond * 2 / 3 + 6) near.push_back(match);
    }
    return near;
}

void Solver::join(Verdict &verdict) const {
    if (question.matches.empty()) return;
    Answer answer = verdict.best;
    size_t used = 0;
    for (const double gate : {16.0, 8.0, 5.0, 3.0, 3.0}) {
        const std::vector<CVSRingMatch> near = nearby(answer.model, gate * unit);
        used = near.size();
        Terms terms = termsOf(answer.mirrored);
        terms.ray = unit;
        terms.tangent = 4 * unit;
        terms.match = gate / 4 * unit;
        terms.iterations = 8;
        terms.distortion = question.distortionSigma;
        terms.spread = loose();
        const std::vector<Touch> touches = touchesOf(views, answer.model, searchOf(answer.mirrored, 1), cancel);
        refine(views, answer.circle, terms, {touches, near}, answer.model, cancel);
    }
    weigh(answer, touchesOf(views, answer.model, searchOf(answer.mirrored, 1), cancel));
    if (used == 0 || answer.score > 1.15 * verdict.best.score + 0.02) return;
    verdict.best = answer;
    verdict.matchesUsed = int32_t(used);
}

}  // namespace cvs::ring
