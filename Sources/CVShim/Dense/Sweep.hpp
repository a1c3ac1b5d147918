#pragma once
#include "DepthView.hpp"

namespace cvs {

/// One pass over all pixels of a view.
struct Round {
    size_t level;
    /// Counts from 0 at each level, and turns the direction about.
    int number;
    /// Whether the other views' depths have a say.
    bool agrees;
    /// By which share depths are tried at most.
    float reach;
};

/// The planes that a level starts with: those of the coarser level, or at the coarsest what the known points round
/// about and chance suggest.
void startPlanes(DepthView &view, const std::vector<DepthView> &all, size_t level, uint32_t seed, CVSCancel cancel);

/// Each pixel takes over its neighbours' planes, and tries to better its own, where that matches better (Barnes and
/// others 2009; Bleyer, Rhemann, Rother 2011).
void sweep(DepthView &view, const std::vector<DepthView> &all, const Round &round, uint32_t seed, CVSCancel cancel);

}  // namespace cvs
