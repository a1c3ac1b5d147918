#pragma once
#include "Volume.hpp"

namespace cvs {

/// The surface in a relaxed volume: only what was seen and small holes in it, without small parts, its border evened
/// out; two-manifold, with a border. It faces the cameras.
CVSMesh seenSurface(const Volume &volume, CVSCancel cancel);

}  // namespace cvs
