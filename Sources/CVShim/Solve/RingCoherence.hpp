#pragma once
#include "RingModel.hpp"

namespace cvs::ring {

/// One view, as it is or mirrored, that bounds how deep a ray gets into the others' hull.
struct Bound {
    int view = -1;
    bool mirrored = false;
    /// Its share of the depth; the shares of both bounds are such that moving along the ray changes nothing.
    double share = 0;
};

/// A ray of an outline at the place where it is deepest in all other views' outlines.
struct Touch {
    int view;
    const Spot *spot;
    /// Distance along the ray whose z is 1.
    double depth;
    /// The least signed distance there, in pixels: at least 0 where the ray touches the hull.
    double value;
    std::array<Bound, 2> bounds;
};

struct CoherenceOptions {
    bool mirrored = true;
    /// The rays are searched from and to these distances in the world's unit.
    double nearest = 0.45, farthest = 1.55;
    int samples = 40;
    /// Only every n-th ray.
    int every = 1;
};

/// For every ray the place where the least signed distance of the other views is greatest (Boyer 2006's silhouette
/// consistency, on distance fields).
std::vector<Touch> touchesOf(const std::vector<View> &views, const Model &model, const CoherenceOptions &options,
                             CVSCancel cancel);

/// Poses of a model and its mirror, kept for many rays.
struct Stage {
    Stage(const std::vector<View> &views, const Model &model);
    const std::vector<View> &views;
    std::vector<Pose> poses;
    std::array<double, 2> lens;
    std::vector<double> focals;
    Vector normal, across;
    double offset;

    Vector mirrored(const Vector &point) const { return point - 2 * (normal.dot(point) - offset) * normal; }
    /// The signed distance of a place in a view, and how it changes when the place moves; nothing behind the camera.
    double distance(int view, bool mirror, const Vector &point, bool &known) const;
};

}  // namespace cvs::ring
