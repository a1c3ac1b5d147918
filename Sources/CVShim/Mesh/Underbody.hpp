#pragma once
#include "Grid.hpp"

namespace cvs {

/// Takes what no view can see under a car out of a hull's grid, and says whether there was a car to be found: y is up,
/// the ground at 0, the car along z.
///
/// Cameras at eye height look past the sills onto the ground, so that a hull hangs down between the wheels like a bag.
/// A car has a floor at the height of its sills, and below it nothing but four wheels, each as wide as a tyre. Sills
/// and wheels are read off the hull's own flanks, which the views from the side have cut right.
bool clearUnderbody(Grid &grid, CVSCancel cancel);

}  // namespace cvs
