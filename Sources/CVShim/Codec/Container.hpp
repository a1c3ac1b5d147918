#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace cvs::codec {

using Bytes = std::vector<uint8_t>;

/// libvips 8.14 adds an EXIF block to every WebP, even when told to strip; this takes it out again, and with it the
/// extended header when nothing else needs that.
Bytes withoutExif(const Bytes &webp);

/// A JPEG with an ICC profile of at most 64 KiB as its first APP2 segment behind JFIF's.
Bytes withProfile(const Bytes &jpeg, const void *profile, std::size_t count);

}  // namespace cvs::codec
