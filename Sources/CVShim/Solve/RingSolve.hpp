#pragma once
#include "RingProblem.hpp"

namespace cvs::ring {

/// What the solver is told.
struct Question {
    std::vector<View> views;
    /// Each view's place in the walk, and how many places that has.
    std::vector<int> places;
    int walk = 0;
    /// What joins a verdict that the outlines gave.
    std::vector<CVSRingMatch> matches;
    /// The photos are in the order of a walk, either way round.
    bool ordered = true;
    /// Sigma of the logarithm of the focal length; 0: known.
    double focalSigma = 0.15;
    /// Sigma of k1; 0: it is 0.
    double distortionSigma = 0;
    /// Whether the object is thought to have a plane of symmetry.
    bool symmetric = true;
};

constexpr double none = std::numeric_limits<double>::infinity();

/// One way to explain the outlines.
struct Answer {
    Model model;
    Circle circle;
    bool mirrored = false;
    /// Mean over the rays of log(1 + (shortfall / unit)^2): what hypotheses are compared by.
    double score = none;
    /// Mean shortfall of the rays in pixels, all views and each.
    double shortfall = 0;
    std::vector<double> shortfalls;
};

struct Verdict {
    Answer best;
    /// Best scores without the mirror, with it, with another plane and another way round; infinite where there is none.
    double scoreUnmirrored = none, scoreMirrored = none, scoreOtherPlane = none, scoreOtherWay = none;
    int32_t matchesUsed = 0;
    /// The rays at the end.
    std::vector<Touch> touches;
    /// A thousandth of the outlines' size: what shortfalls are measured by.
    double unit = 1;
};

Verdict solve(const Question &question, CVSCancel cancel);
/// What becomes of a verdict when the question's matches join.
Verdict joined(const Question &question, const Verdict &verdict, CVSCancel cancel);

/// Planes that may be the mirror's, best first: local minima over the azimuth of the mirrored tangents' misfit.
std::vector<Model> mirrorPlanes(const std::vector<View> &views, const Model &model, size_t most, CVSCancel cancel);

}  // namespace cvs::ring
