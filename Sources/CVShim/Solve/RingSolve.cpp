#include <algorithm>
#include <cmath>
#include <iterator>

#include "RingSolver.hpp"

namespace cvs::ring {

namespace {

/// From far to near; early tangents may belong to the wrong corners and so count little.
constexpr Round coarse[] = {{12, 36, 4, 6}, {8, 24, 4, 6}};
constexpr Round middle[] = {{5, 15, 2, 6}, {3, 9, 2, 6}};
constexpr Round fine[] = {{2, 6, 1, 6}, {1.5, 4, 1, 6}, {1, 2, 1, 6}, {1, 2, 1, 6}, {1, 2, 1, 6}};

constexpr size_t few = 6;

bool sameWay(const Answer &a, const Answer &b) { return a.circle.azimuths == b.circle.azimuths; }

bool samePlane(const Answer &a, const Answer &b) {
    if (a.mirrored != b.mirrored) return false;
    return !a.mirrored || std::abs(std::sin(a.model.plane[0] - b.model.plane[0])) < 0.12;
}

/// The mirror holds while the outlines stay explained nearly as well as without it. Where masks are wrong it costs
/// something, and is worth it: without it wrong cameras explain wrong outlines. Few views need it most.
bool bornOut(const Answer &mirrored, const Answer &plain) {
    return mirrored.score < std::max(plain.model.stations.size() < few ? 0.9 : 0.5, 3 * plain.score);
}

}  // namespace

Solver::Solver(const Question &question, CVSCancel cancel)
    : question(question), views(question.views), cancel(cancel), unit(0) {
    for (const View &view : views) unit += view.size / double(views.size()) / 1000;
}

CoherenceOptions Solver::searchOf(bool mirrored, int every) {
    CoherenceOptions options;
    options.mirrored = mirrored;
    options.every = every;
    return options;
}

Spread Solver::loose() const {
    Spread spread;
    spread.azimuth = spread.radius = 0.15;
    spread.height = 0.20;
    spread.focal = 2 * question.focalSigma;
    return spread;
}

Terms Solver::termsOf(bool mirrored) const {
    Terms terms;
    terms.mirrored = mirrored;
    terms.spread.focal = question.focalSigma;
    return terms;
}

void Solver::weigh(Answer &answer, const std::vector<Touch> &touches, double scale) const {
    double sum = 0, shortfall = 0;
    std::vector<double> each(views.size(), 0), count(views.size(), 0);
    for (const Touch &touch : touches) {
        const double lack = std::max(0.0, -touch.value);
        sum += std::log1p(lack * lack / (scale * scale * unit * unit));
        shortfall += lack;
        each[size_t(touch.view)] += lack;
        count[size_t(touch.view)] += 1;
    }
    const double all = double(std::max<size_t>(1, touches.size()));
    answer.score = touches.empty() ? none : sum / all;
    answer.shortfall = shortfall / all;
    for (size_t i = 0; i < each.size(); ++i) each[i] /= std::max(1.0, count[i]);
    answer.shortfalls = each;
}

void Solver::rounds(Answer &answer, const Round *first, const Round *last) const {
    for (const Round *round = first; round != last; ++round) {
        const std::vector<Touch> touches =
            touchesOf(views, answer.model, searchOf(answer.mirrored, round->every), cancel);
        Terms terms = termsOf(answer.mirrored);
        // Of few views, or without their mirror images, the tangents are most of what is known.
        terms.close = answer.mirrored && views.size() >= few;
        terms.ray = round->ray * unit;
        terms.tangent = round->tangent * unit;
        terms.iterations = round->iterations;
        terms.distortion = question.distortionSigma;
        terms.spread = loose();
        refine(views, answer.circle, terms, {touches, {}}, answer.model, cancel);
    }
    weigh(answer, touchesOf(views, answer.model, searchOf(answer.mirrored, (last - 1)->every), cancel));
}

void Solver::attempt(const std::vector<Answer> &starts, Verdict &verdict) const {
    std::vector<Answer> mirrored, plain;
    for (const Answer &start : starts) {
        plain.push_back(start);
        if (!question.symmetric) continue;
        for (const Model &model : mirrorPlanes(views, start.model, 3, cancel)) {
            Answer answer = start;
            answer.mirrored = true;
            answer.model = model;
            Terms terms = termsOf(true);
            terms.tangent = 2 * unit;
            terms.iterations = 12;
            refine(views, answer.circle, terms, {}, answer.model, cancel);
            mirrored.push_back(answer);
        }
    }
    for (std::vector<Answer> *answers : {&mirrored, &plain}) {
        for (Answer &answer : *answers) rounds(answer, std::begin(coarse), std::end(coarse));
        prune(*answers, answers == &mirrored ? 4 : 2);
        for (Answer &answer : *answers) rounds(answer, std::begin(middle), std::end(middle));
        prune(*answers, answers == &mirrored ? 4 : 2);
        if (!answers->empty()) rounds(answers->front(), std::begin(fine), std::end(fine));
    }
    for (const Answer &answer : mirrored) verdict.scoreMirrored = std::min(verdict.scoreMirrored, answer.score);
    for (const Answer &answer : plain) verdict.scoreUnmirrored = std::min(verdict.scoreUnmirrored, answer.score);
    const Answer *best = plain.empty() ? nullptr : &plain.front();
    if (!mirrored.empty() && bornOut(mirrored.front(), plain.front())) best = &mirrored.front();
    if (!best) return;
    for (const Answer &answer : best->mirrored ? mirrored : plain) {
        if (!sameWay(answer, *best))
            verdict.scoreOtherWay = std::min(verdict.scoreOtherWay, answer.score);
        else if (!samePlane(answer, *best))
            verdict.scoreOtherPlane = std::min(verdict.scoreOtherPlane, answer.score);
    }
    if (verdict.best.model.stations.empty()) {
        verdict.best = *best;
    } else if (best->score < verdict.best.score) {
        if (!sameWay(verdict.best, *best)) verdict.scoreOtherWay = std::min(verdict.scoreOtherWay, verdict.best.score);
        verdict.best = *best;
    }
}

void Solver::prune(std::vector<Answer> &answers, size_t most) {
    std::sort(answers.begin(), answers.end(), [](const Answer &a, const Answer &b) { return a.score < b.score; });
    if (answers.size() > most) answers.resize(most);
}

Verdict Solver::run() {
    std::vector<Answer> starts = startsOf();
    Verdict verdict;
    verdict.unit = unit;
    // An order that was found may be a wrong one even where it explains much.
    const double enough = question.ordered ? 0.6 : 0.2;
    const size_t efforts = question.ordered ? 2 : views.size() > 12 ? 1 : 3, repairs = views.size() > 12 ? 1 : 3;
    for (size_t effort = 0; effort < efforts && !starts.empty(); ++effort) {
        const size_t many = std::min<size_t>(4, starts.size());
        attempt({starts.begin(), starts.begin() + long(many)}, verdict);
        starts.erase(starts.begin(), starts.begin() + long(many));
        if (verdict.best.score < enough) break;
    }
    for (size_t repair = 0; repair < repairs && !question.ordered && verdict.best.score > enough; ++repair) {
        const double before = verdict.best.score;
        attempt(repairsOf(verdict.best), verdict);
        if (verdict.best.score > 0.9 * before) break;
    }
    verdict.touches = finalTouches(verdict.best);
    return verdict;
}

std::vector<Touch> Solver::finalTouches(const Answer &answer) const {
    return touchesOf(views, answer.model, searchOf(answer.mirrored, 1), cancel);
}

Verdict solve(const Question &question, CVSCancel cancel) { return Solver(question, cancel).run(); }

}  // namespace cvs::ring
