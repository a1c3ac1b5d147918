#include "RingSolve.hpp"

#include <algorithm>
#include <cmath>

#include "RingOrder.hpp"

namespace cvs::ring {

namespace {

/// One round of the coherence: sigmas of rays and tangents in units, which rays, and how many steps.
struct Round {
    double ray, tangent;
    int every, iterations;
};

/// From far to near; early tangents may belong to the wrong corners and so count little.
constexpr Round coarse[] = {{12, 36, 4, 6}, {8, 24, 4, 6}};
constexpr Round middle[] = {{5, 15, 2, 6}, {3, 9, 2, 6}};
constexpr Round fine[] = {{2, 6, 1, 6}, {1.5, 4, 1, 6}, {1, 2, 1, 6}, {1, 2, 1, 6}, {1, 2, 1, 6}};

class Solver {
public:
    Solver(const Question &question, CVSCancel cancel) : question(question), views(question.views), cancel(cancel) {
        double size = 0;
        for (const View &view : views) size += view.size / double(views.size());
        unit = size / 1000;
    }

    Verdict run() {
        std::vector<Answer> starts = startsOf();
        Verdict verdict;
        verdict.unit = unit;
        for (size_t effort = 0; effort < 2 && !starts.empty(); ++effort) {
            const size_t many = std::min<size_t>(4, starts.size());
            std::vector<Answer> chosen(starts.begin(), starts.begin() + long(many));
            starts.erase(starts.begin(), starts.begin() + long(many));
            attempt(chosen, verdict);
            if (verdict.best.score < 0.6) break;
        }
        join(verdict);
        const CoherenceOptions options = searchOf(verdict.best.mirrored, 1);
        verdict.touches = touchesOf(views, verdict.best.model, options, cancel);
        return verdict;
    }

private:
    const Question &question;
    const std::vector<View> &views;
    CVSCancel cancel;
    double unit;

    CoherenceOptions searchOf(bool mirrored, int every) const {
        CoherenceOptions options;
        options.mirrored = mirrored;
        options.every = every;
        return options;
    }

    /// Sets what an answer's rays say about it.
    void weigh(Answer &answer, const std::vector<Touch> &touches) const {
        double sum = 0, shortfall = 0;
        std::vector<double> each(views.size(), 0), count(views.size(), 0);
        for (const Touch &touch : touches) {
            const double lack = std::max(0.0, -touch.value);
            sum += std::log1p(lack * lack / (unit * unit));
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

    /// What rays that see the whole outline need of the circle: hardly anything.
    Spread loose() const {
        Spread spread;
        spread.azimuth = spread.radius = 0.15;
        spread.height = 0.20;
        spread.focal = question.focalSigma > 0 ? std::max(0.3, question.focalSigma) : 0;
        return spread;
    }

    Terms termsOf(bool mirrored) const {
        Terms terms;
        terms.mirrored = mirrored;
        terms.spread.focal = question.focalSigma;
        return terms;
    }

    /// All starts after the tangents' least squares, best first by their own hull.
    std::vector<Answer> startsOf() const {
        std::vector<std::vector<int>> placings;
        if (question.ordered) {
            std::vector<int> back;
            for (const int place : question.places) back.push_back((question.walk - place) % question.walk);
            placings = {question.places, back};
        } else {
            placings = likelyPlacings(views, 12, cancel);
        }
        std::vector<double> focals{0};
        if (question.focalSigma > 0.25) focals = {-0.25, 0.25};
        std::vector<Answer> starts;
        for (const std::vector<int> &places : placings)
            for (const double elevation : {0.07, 0.21, 0.42})
                for (const double focal : focals) starts.push_back(startOf(places, elevation, focal));
        std::sort(starts.begin(), starts.end(), [](const Answer &a, const Answer &b) { return a.score < b.score; });
        return starts;
    }

    Answer startOf(const std::vector<int> &places, double elevation, double focal) const {
        Answer answer;
        answer.circle.height = std::sin(elevation);
        answer.circle.radius = std::cos(elevation);
        for (const int place : places) answer.circle.azimuths.push_back(2 * M_PI * place / question.walk);
        answer.model.lens[0] = focal;
        for (size_t i = 0; i < views.size(); ++i)
            answer.model.stations.push_back(
                stationAt(views[i], answer.circle.azimuths[i], elevation, answer.model.lens.data()));
        Terms terms = termsOf(false);
        terms.tangent = 3 * unit;
        terms.iterations = 15;
        refine(views, answer.circle, terms, {}, answer.model, cancel);
        weigh(answer, touchesOf(views, answer.model, searchOf(false, 6), cancel));
        return answer;
    }

    void rounds(Answer &answer, const Round *first, const Round *last) const {
        for (const Round *round = first; round != last; ++round) {
            const std::vector<Touch> touches =
                touchesOf(views, answer.model, searchOf(answer.mirrored, round->every), cancel);
            Terms terms = termsOf(answer.mirrored);
            terms.ray = round->ray * unit;
            terms.tangent = round->tangent * unit;
            terms.iterations = round->iterations;
            terms.distortion = question.distortionSigma;
            terms.spread = loose();
            refine(views, answer.circle, terms, {touches, {}}, answer.model, cancel);
        }
        weigh(answer, touchesOf(views, answer.model, searchOf(answer.mirrored, (last - 1)->every), cancel));
    }

    template <size_t N>
    void rounds(Answer &answer, const Round (&table)[N]) const {
        rounds(answer, table, table + N);
    }

    static bool sameWay(const Answer &a, const Answer &b) { return a.circle.azimuths == b.circle.azimuths; }

    static bool samePlane(const Answer &a, const Answer &b) {
        if (a.mirrored != b.mirrored) return false;
        return !a.mirrored || std::abs(std::sin(a.model.plane[0] - b.model.plane[0])) < 0.12;
    }

    /// Sorts by score and keeps the best of those that have become one, `most` at most.
    static void prune(std::vector<Answer> &answers, size_t most) {
        std::sort(answers.begin(), answers.end(), [](const Answer &a, const Answer &b) { return a.score < b.score; });
        if (answers.size() > most) answers.resize(most);
    }

    /// Matches within a gate that closes join the outlines; they are dropped again when these are explained less well.
    void join(Verdict &verdict) const {
        if (question.matches.empty()) return;
        Answer answer = verdict.best;
        size_t used = 0;
        for (const double gate : {16.0, 8.0, 5.0, 4.0}) {
            std::vector<CVSRingMatch> near;
            for (const CVSRingMatch &match : question.matches)
                if (misfit(views, answer.model, match) < gate * unit) near.push_back(match);
            used = near.size();
            Terms terms = termsOf(answer.mirrored);
            terms.ray = unit;
            terms.tangent = 4 * unit;
            terms.match = gate / 4 * unit;
            terms.iterations = 8;
            terms.distortion = question.distortionSigma;
            terms.spread = loose();
            refine(views, answer.circle, terms,
                   {touchesOf(views, answer.model, searchOf(answer.mirrored, 1), cancel), near}, answer.model, cancel);
        }
        weigh(answer, touchesOf(views, answer.model, searchOf(answer.mirrored, 1), cancel));
        if (answer.score > 1.1 * verdict.best.score + 0.02) return;
        verdict.best = answer;
        verdict.matchesUsed = int32_t(used);
    }

    void attempt(const std::vector<Answer> &starts, Verdict &verdict) const {
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
            for (Answer &answer : *answers) rounds(answer, coarse);
            prune(*answers, answers == &mirrored ? 4 : 2);
            for (Answer &answer : *answers) rounds(answer, middle);
            prune(*answers, answers == &mirrored ? 4 : 2);
            if (!answers->empty()) rounds(answers->front(), fine);
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
        if (verdict.best.model.stations.empty() || best->score < verdict.best.score) verdict.best = *best;
    }

    /// The mirror holds while the outlines stay explained nearly as well as without it.
    bool bornOut(const Answer &mirrored, const Answer &plain) const {
        return mirrored.score < std::max(0.9, 3 * plain.score);
    }
};

}  // namespace

Verdict solve(const Question &question, CVSCancel cancel) { return Solver(question, cancel).run(); }

}  // namespace cvs::ring
