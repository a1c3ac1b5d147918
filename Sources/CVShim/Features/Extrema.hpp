#pragma once
#include "../Guard.hpp"
#include "Pyramid.hpp"

namespace cvs {

/// An extremum of the differences of an octave's levels, placed between pixels and layers.
struct Extremum {
    /// In pixels of the octave.
    double x, y;
    /// Between 0.5 and layersPerOctave + 0.5.
    double layer;
    /// Absolute difference there, 0...1.
    double contrast;
};

/// Extrema of at least that contrast that are no edges, row by row.
std::vector<Extremum> extremaOf(const Pyramid &pyramid, double contrast, CVSCancel cancel);

}  // namespace cvs
