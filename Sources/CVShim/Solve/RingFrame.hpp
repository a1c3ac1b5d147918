#pragma once
#include "RingSolve.hpp"

namespace cvs::ring {

/// Where the solved world goes: place = scale * turn * (point - origin), with y up, the mirror plane x = 0, the object
/// facing +z and its lowest point at y = 0.
struct Frame {
    Matrix turn = Matrix::Identity();
    Vector origin = Vector::Zero();
    double scale = 1;
    /// The object's box in the new world.
    Vector low = Vector::Zero(), high = Vector::Zero();
    /// By how much of its height the object's front is lower than its rear, at most 1; near 0 says that which is which
    /// is a guess.
    double facing = 0;
};

Frame frameOf(const std::vector<View> &views, const Verdict &verdict, double radius);

}  // namespace cvs::ring
