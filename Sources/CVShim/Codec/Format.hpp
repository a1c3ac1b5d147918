#pragma once
#include <cstddef>
#include <cstdint>

#include "CVSCodec.h"

namespace cvs::codec {

/// Bytes that somebody else owns.
struct View {
    const uint8_t *data;
    size_t count;

    bool has(size_t at, size_t length) const { return at <= count && length <= count - at; }
    uint32_t big16(size_t at) const { return uint32_t(data[at]) << 8 | data[at + 1]; }
    uint32_t big32(size_t at) const { return big16(at) << 16 | big16(at + 2); }
    uint32_t little32(size_t at) const {
        return data[at] | uint32_t(data[at + 1]) << 8 | uint32_t(data[at + 2]) << 16 | uint32_t(data[at + 3]) << 24;
    }
    bool matches(size_t at, const char *text, size_t length) const;
};

/// The format by magic bytes. Throws Empty, Unrecognized, or Unsupported for a known format outside the allow-list.
CVSFormat sniff(View file);

/// The format's own structure ends after the file does: a JPEG without its end marker, a PNG without IEND, a box or
/// strip that reaches past the last byte. Walks markers and lengths only.
bool endsTooEarly(View file, CVSFormat format);

const char *name(CVSFormat format);

}  // namespace cvs::codec
