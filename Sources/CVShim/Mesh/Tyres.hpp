#pragma once
#include <vector>

#include "CVSMesh.h"
#include "Grid.hpp"

namespace cvs {

/// The tyres of a car that is as long as `length`: cylinders behind the wheels' faces, as wide as tyres are, with
/// rounded edges.
///
/// Mattes lose what is dark in the shadow under a car, and no view sees the inside of a wheel: a hull is left with a
/// wedge there, thin as paper from the front. Where the wheels were measured, what must be behind them is known.
class Tyres {
public:
    Tyres(const std::vector<CVSWheel> &wheels, double length);

    /// Makes a box large enough to hold them.
    void reach(Box &box) const;
    /// Signed distance in metres, inside positive.
    double depth(const cv::Vec3d &place) const;
    /// Joins them to what a grid holds.
    void join(Grid &grid, CVSCancel cancel) const;

private:
    std::vector<CVSWheel> wheels;
    double width;
};

}  // namespace cvs
