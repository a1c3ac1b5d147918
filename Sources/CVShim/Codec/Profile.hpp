#pragma once
#include "Format.hpp"

namespace cvs::codec {

/// The ICC profile says nothing but sRGB, whatever it is called: matrix and tone curves are those of IEC 61966-2-1.
/// Such pictures need no conversion, so their bytes stay exactly as they were taken.
bool isSRGB(View profile);

}  // namespace cvs::codec
