#pragma once
#include "Hull.hpp"
#include "Tyres.hpp"

namespace cvs {

struct Fairness {
    /// How often the outlines are looked for anew.
    int rounds = 12;
    /// Steps of conjugate gradients a round.
    int steps = 300;
    /// What a bend weighs against a metre beside an outline.
    double stiffness = 10;
    /// How many times as stiff the first round is; the rounds between go down evenly.
    double startsStiffer = 100;
    /// From which depth in the hull a vertex is no silhouette's, in metres: it stays.
    double anchored = 0.03;
    /// A car's wheels: their faces are drawn to where they are known to be, their tyres stay as they are.
    std::vector<CVSWheel> wheels;
    const Tyres *tyres = nullptr;
};

/// Smooths a hull as a thin plate that keeps touching the outlines: the vertices that a view sees on the mesh's own
/// outline are drawn to the silhouette's, and none may lie outside of one.
///
/// A hull of few views has flat sides and sharp edges that the object has not: the true surface touches each cone of
/// sight along one line only. Between those lines the plate is as little bent as it can be. Returns the root mean
/// square of what is left between the outlines, in metres.
double fair(CVSMesh &mesh, const Hull &hull, const Fairness &fairness, CVSCancel cancel);

}  // namespace cvs
