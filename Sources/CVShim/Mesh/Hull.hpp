#pragma once
#include <vector>

#include "../Solve/Silhouette.hpp"
#include "Camera.hpp"
#include "Grid.hpp"

namespace cvs {

/// One silhouette and the camera that saw it.
struct HullView {
    CVSCamera camera;
    const CVSSilhouette *silhouette;
};

/// What the silhouettes say of space.
class Hull {
public:
    /// `symmetric` adds the mirror image in x = 0 of every view; `grounded` takes away what lies below y = 0.
    Hull(std::vector<HullView> views, bool symmetric, bool grounded);

    /// How far inside a point is, in metres: at most the true distance to the hull's surface inside it, at least that
    /// outside it. Not a number where no view says anything.
    double depth(const cv::Vec3d &point) const;

    /// A box round the hull, larger by a few hundredths; false when the views have no point in common.
    bool bounds(Box &box, CVSCancel cancel) const;

    /// Depths at the nodes of a grid of cubes over a box; nodes farther from the surface than a block of eight nodes
    /// only have the right sign.
    Grid sampled(const Box &box, double step, CVSCancel cancel) const;

    /// Lets the hull reach so many metres beyond every silhouette, so that a view that stands a little wrong cuts
    /// nothing off; smoothing draws the surface back to the silhouettes.
    void loosen(double metres) { slack = metres; }

    /// All views, the mirrored ones last.
    const std::vector<HullView> &views() const { return all; }

private:
    enum class Side { outside, inside, both };

    std::vector<HullView> all;
    bool grounded;
    double slack = 0;

    /// Where a ball lies as a whole.
    Side side(const cv::Vec3d &centre, double radius) const;
};

}  // namespace cvs
