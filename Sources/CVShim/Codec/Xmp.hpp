#pragma once
#include "Container.hpp"
#include "Format.hpp"

namespace cvs::codec {

/// The file with an XMP packet (ISO 16684-1) of at most 60 KiB where its format keeps one. libvips could write it too,
/// but only together with an EXIF block that it makes up. The file is one that libvips has just written bare.
///
/// `width`, `height` and `alpha` describe the picture, for WebP's extended header.
Bytes withXMP(const Bytes &file, CVSFormat format, View packet, int width, int height, bool alpha);

/// The same for AVIF: an item of type `mime` that describes the primary one (ISO 14496-12, 8.11; ISO 23008-12, A.3).
Bytes withXMPItem(const Bytes &avif, View packet);

}  // namespace cvs::codec
