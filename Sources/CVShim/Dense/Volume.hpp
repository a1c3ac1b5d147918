#pragma once
#include "../Mesh/Grid.hpp"
#include "DepthView.hpp"
#include "Fusion.hpp"

namespace cvs {

/// Signed distances to what the views see, inside positive, with the weights that they have.
struct Volume {
    /// In the cameras' unit; cut off at `reach` on both sides. Where no weight is, as the neighbourhood suggests.
    Grid distances;
    /// Of all that was seen, and of what was seen of the surface itself.
    std::vector<float> weights, support;
    double reach = 0;
};

/// A grid round the points, a few of the outermost left out, of at most `nodes` nodes and no finer than the pictures;
/// and what each view says of its nodes (Curless, Levoy 1996), measured to each pixel's plane.
Volume observed(const std::vector<DepthView> &views, const std::vector<CVSDensePoint> &points, size_t nodes,
                CVSCancel cancel);

/// Fills in what nobody saw and evens out what several saw differently: least squares of the distances and of their
/// changes from node to node, which is the screened Poisson equation (Kazhdan, Hoppe 2013) on the grid, solved from
/// coarse to fine (Bornemann, Deuflhard 1996).
void relax(Volume &volume, double smoothness, CVSCancel cancel);

}  // namespace cvs
