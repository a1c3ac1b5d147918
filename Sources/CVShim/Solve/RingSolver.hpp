#pragma once
#include "RingSolve.hpp"

namespace cvs::ring {

/// What shortfalls are measured by before the rays have had a say, in units.
constexpr double rough = 8;

/// One round of the coherence: sigmas of rays and tangents in units, which rays, and how many steps.
struct Round {
    double ray, tangent;
    int every, iterations;
};

/// The search for the best of many hypotheses: starts, planes, and rounds that fewer and fewer of them live to see.
class Solver {
public:
    Solver(const Question &question, CVSCancel cancel);
    Verdict run();
    /// Matches within a gate that closes join the outlines, both by what they are worth; they are dropped again when
    /// the outlines are explained much less well.
    void join(Verdict &verdict) const;
    /// All rays of an answer.
    std::vector<Touch> finalTouches(const Answer &answer) const;

private:
    const Question &question;
    const std::vector<View> &views;
    CVSCancel cancel;
    double unit;

    static CoherenceOptions searchOf(bool mirrored, int every);
    /// What rays that see the whole outline need of the circle: hardly anything.
    Spread loose() const;
    Terms termsOf(bool mirrored) const;
    /// Sets what an answer's rays say about it.
    void weigh(Answer &answer, const std::vector<Touch> &touches, double scale = 1) const;

    /// Starts after the tangents' least squares, best first by their own hull.
    std::vector<Answer> startsOf() const;
    /// The best start of each placing; only the better half is tried at more than one elevation.
    std::vector<Answer> startsOfPlacings(const std::vector<std::vector<int>> &placings,
                                         const std::vector<double> &focals) const;
    Answer startOf(const std::vector<int> &places, double elevation, double focal) const;
    /// The tangents' least squares without a mirror, and what the rays say then.
    void begin(Answer &answer) const;

    /// Starts from an answer's order with two views swapped or one moved into the widest gap: the four with the best
    /// hulls of their own.
    std::vector<Answer> repairsOf(const Answer &answer) const;
    /// An answer with some of its views at other azimuths of the circle.
    Answer moved(const Answer &answer, const std::vector<double> &azimuths) const;

    /// Follows starts with and without a mirror, and keeps what is better than the verdict has.
    void attempt(const std::vector<Answer> &starts, Verdict &verdict) const;
    void rounds(Answer &answer, const Round *first, const Round *last) const;

    /// The matches within a gate, of those pairs of views that have clearly more there than just beyond it; and how far
    /// they are off, as one sigma.
    std::vector<CVSRingMatch> nearby(const Answer &answer, double gate, double &sigma) const;
    /// Sorts by score and keeps `most` at most.
    static void prune(std::vector<Answer> &answers, size_t most);
};

}  // namespace cvs::ring
