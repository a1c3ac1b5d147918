#include "RingSolve.hpp"

#include <algorithm>
#include <cmath>
#include <map>

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

/// What shortfalls are measured by before the rays have had a say, in units.
constexpr double rough = 8;

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
    void weigh(Answer &answer, const std::vector<Touch> &touches, double scale = 1) const {
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

    /// Starts after the tangents' least squares, best first by their own hull.
    std::vector<Answer> startsOf() const {
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
        sort(starts);
        return starts;
    }

    /// The best start of each placing; only the better half is tried at more than one elevation.
    std::vector<Answer> startsOfPlacings(const std::vector<std::vector<int>> &placings,
                                         const std::vector<double> &focals) const {
        std::vector<std::pair<Answer, const std::vector<int> *>> starts;
        for (const std::vector<int> &places : placings) starts.push_back({startOf(places, 0.21, 0), &places});
        std::sort(starts.begin(), starts.end(),
                  [](const auto &a, const auto &b) { return a.first.score < b.first.score; });
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
        sort(best);
        return best;
    }

    /// Starts from an answer's order with two views swapped or one moved into the widest gap: the four with the best
    /// hulls of their own.
    std::vector<Answer> repairsOf(const Answer &answer) const {
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
            Terms terms = termsOf(false);
            terms.tangent = 3 * unit;
            terms.iterations = 15;
            refine(views, changed.circle, terms, {}, changed.model, cancel);
            weigh(changed, touchesOf(views, changed.model, searchOf(false, 6), cancel), rough);
            starts.push_back(changed);
        }
        prune(starts, 4);
        return starts;
    }

    /// An answer with some of its views at other azimuths of the circle.
    Answer moved(const Answer &answer, const std::vector<double> &azimuths) const {
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

    static double middleOfWidestGap(std::vector<double> azimuths) {
        std::sort(azimuths.begin(), azimuths.end());
        double widest = azimuths.front() + 2 * M_PI - azimuths.back(), middle = azimuths.back() + widest / 2;
        for (size_t i = 1; i < azimuths.size(); ++i)
            if (azimuths[i] - azimuths[i - 1] > widest) {
                widest = azimuths[i] - azimuths[i - 1];
                middle = (azimuths[i] + azimuths[i - 1]) / 2;
            }
        return middle;
    }

    static void sort(std::vector<Answer> &answers) {
        std::sort(answers.begin(), answers.end(), [](const Answer &a, const Answer &b) { return a.score < b.score; });
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
        weigh(answer, touchesOf(views, answer.model, searchOf(false, 6), cancel), rough);
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
        sort(answers);
        if (answers.size() > most) answers.resize(most);
    }

    /// The matches within a gate, of those pairs of views that have clearly more there than just beyond it.
    std::vector<CVSRingMatch> nearby(const Model &model, double gate) const {
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

    /// Matches within a gate that closes join the outlines; they are dropped again when these are explained less well.
    void join(Verdict &verdict) const {
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
