#pragma once
#include "Looks.hpp"

namespace cvs {

/// Which look textures each triangle; -1 where none shows it.
///
/// Minimises, over the surface, what is lost against the best look (area times the lost share of its quality) plus
/// what seams cost (length times the difference of the colours that meet there), by alpha expansion (Boykov, Veksler
/// and Zabih 2001), as Lempitsky and Ivanov 2007 do. A mirrored look costs so much that it is taken only where no photo
/// shows the triangle.
std::vector<int> chosenLooks(const CVSMesh &mesh, const std::vector<Look> &looks, CVSCancel cancel);

}  // namespace cvs
