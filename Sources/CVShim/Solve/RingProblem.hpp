#pragma once
#include "CVSRing.h"
#include "RingCoherence.hpp"
#include "RingTangency.hpp"

namespace cvs::ring {

/// How far from the ideal circle a view may be, as one sigma each.
struct Spread {
    /// Radians.
    double azimuth = 0.09, roll = 0.05;
    /// In ring radii.
    double height = 0.08, radius = 0.05;
    /// Of the mirror plane's offset from the ring's middle, in ring radii.
    double offset = 0.06;
    /// Of the logarithm of the focal length; 0: known exactly.
    double focal = 0.15;
};

struct Terms {
    bool mirrored = false;
    /// Sigma of the tangents' residuals in pixels; 0: left out.
    double tangent = 2;
    /// The views are nearly where they belong: tangents that are far off are those of wrong corners, and count hardly.
    bool close = false;
    /// Sigma of the rays' residuals in pixels, and how many independent rays a view counts for.
    double ray = 1.5, raysOfView = 40;
    /// Solve k1 as well, with this sigma; 0: as it is.
    double distortion = 0;
    /// Sigma of the matches' residuals in pixels, and how many independent ones a view counts for.
    double match = 1.5, matchesOfView = 40;
    Spread spread;
    int iterations = 20;
};

/// Where the views should be on the ideal circle.
struct Circle {
    std::vector<double> azimuths;
    double height, radius;
};

/// What is to be explained besides priors and tangents.
struct Evidence {
    std::vector<Touch> touches;
    std::vector<CVSRingMatch> matches;
};

/// Least squares over the model in place: priors, tangents of all pairs, the given rays and matches.
void refine(const std::vector<View> &views, const Circle &circle, const Terms &terms, const Evidence &evidence,
            Model &model, CVSCancel cancel);

/// How far the two places of a match are from one another's lines, in pixels.
double misfit(const std::vector<View> &views, const Model &model, const CVSRingMatch &match);

}  // namespace cvs::ring
