#pragma once
#include "Extrema.hpp"

namespace cvs {

/// The main directions of the gradients round an extremum, in radians, at most 2 (Lowe 2004, section 5).
std::vector<double> directionsAt(const Pyramid &pyramid, const Extremum &extremum);

/// 4 x 4 histograms of 8 directions of the gradients round an extremum, turned by `direction`; 128 numbers, each cut at
/// 0.2 of the whole's length (Lowe 2004, section 6).
void describe(const Pyramid &pyramid, const Extremum &extremum, double direction, float *histograms);

}  // namespace cvs
