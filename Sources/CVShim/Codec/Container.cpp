#include "Container.hpp"

#include <cstring>

#include "Format.hpp"

namespace cvs::codec {
namespace {

void putLittle32(Bytes &bytes, size_t at, size_t value) {
    for (int i = 0; i < 4; ++i) bytes[at + size_t(i)] = uint8_t(value >> (8 * i));
}

}  // namespace

Bytes withoutExif(const Bytes &webp) {
    constexpr uint8_t exifFlag = 0x08;
    const View file{webp.data(), webp.size()};
    Bytes kept(webp.begin(), webp.begin() + 12);
    size_t extended = 0;
    for (size_t at = 12; file.has(at, 8);) {
        const size_t length = 8 + file.little32(at + 4) + (file.little32(at + 4) & 1);
        if (!file.has(at, length)) return webp;
        if (file.matches(at, "VP8X", 4)) extended = kept.size();
        if (!file.matches(at, "EXIF", 4))
            kept.insert(kept.end(), webp.begin() + long(at), webp.begin() + long(at + length));
        at += length;
    }
    if (extended) {
        kept[extended + 8] &= uint8_t(~exifFlag);
        if (kept[extended + 8] == 0) kept.erase(kept.begin() + long(extended), kept.begin() + long(extended) + 18);
    }
    putLittle32(kept, 4, kept.size() - 8);
    return kept;
}

Bytes withProfile(const Bytes &jpeg, const void *profile, size_t count) {
    constexpr char name[] = "ICC_PROFILE\0\1\1";
    const View file{jpeg.data(), jpeg.size()};
    size_t at = 2;
    while (file.has(at, 4) && file.data[at] == 0xFF && file.data[at + 1] == 0xE0) at += 2 + file.big16(at + 2);
    const size_t length = 2 + 14 + count;
    Bytes tagged(jpeg.begin(), jpeg.begin() + long(at));
    for (size_t byte : {size_t(0xFF), size_t(0xE2), length >> 8, length & 255}) tagged.push_back(uint8_t(byte));
    tagged.insert(tagged.end(), name, name + 14);
    tagged.insert(tagged.end(), static_cast<const uint8_t *>(profile), static_cast<const uint8_t *>(profile) + count);
    tagged.insert(tagged.end(), jpeg.begin() + long(at), jpeg.end());
    return tagged;
}

}  // namespace cvs::codec
