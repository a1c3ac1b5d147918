#include "Format.hpp"

namespace cvs::codec {
namespace {

/// T.81 annex B: segments by their lengths, then entropy-coded data up to the next marker that is not RST or stuffing.
bool jpegLacksEnd(View file) {
    size_t at = 2;
    while (file.has(at, 2)) {
        if (file.data[at] != 0xFF) {  // garbage between segments: decoders skip it
            ++at;
            continue;
        }
        const uint8_t marker = file.data[at + 1];
        if (marker == 0xD9) return false;
        if (marker == 0xFF) {
            ++at;
        } else if (marker == 0x00 || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
            at += 2;
        } else if (marker == 0xDA) {
            if (!file.has(at, 4)) return true;
            at += 2 + file.big16(at + 2);
            while (file.has(at, 2) && (file.data[at] != 0xFF || file.data[at + 1] == 0x00 ||
                                       (file.data[at + 1] >= 0xD0 && file.data[at + 1] <= 0xD7)))
                ++at;
        } else {
            if (!file.has(at, 4)) return true;
            at += 2 + file.big16(at + 2);
        }
    }
    return true;
}

bool pngLacksEnd(View file) {
    size_t at = 8;
    while (file.has(at, 12)) {
        const size_t length = file.big32(at);
        if (!file.has(at + 8, length) || !file.has(at + 8 + length, 4)) return true;
        if (file.matches(at + 4, "IEND", 4)) return false;
        at += 12 + length;
    }
    return true;
}

bool webpLacksEnd(View file) { return !file.has(8, file.little32(4)); }

/// ISO 14496-12: the last top-level box may have size 0 (to the end) or a 64-bit size.
bool boxesLackEnd(View file) {
    size_t at = 0;
    bool meta = false;
    while (at < file.count) {
        if (!file.has(at, 8)) return true;
        uint64_t size = file.big32(at);
        meta = meta || file.matches(at + 4, "meta", 4);
        if (size == 0) return false;
        if (size == 1) {
            if (!file.has(at, 16)) return true;
            size = uint64_t(file.big32(at + 8)) << 32 | file.big32(at + 12);
        }
        if (size < 8) return false;  // damaged, not short: the decoder will say how
        if (size > file.count - at) return true;
        at += size;
    }
    return !meta;
}

/// TIFF 6.0: the first directory, and its strips or tiles. BigTIFF is left to the decoder.
class Tiff {
public:
    explicit Tiff(View file) : file(file), little(file.data[0] == 'I') {}

    bool lacksEnd() const {
        if (file.count < 8) return true;
        if (read16(2) != 42) return false;
        const uint32_t directory = read32(4);
        if (!file.has(directory, 2)) return true;
        const size_t entries = read16(directory);
        if (!file.has(directory + 2, entries * 12)) return true;
        size_t offsets = 0, counts = 0;
        for (size_t i = 0; i < entries; ++i) {
            const size_t entry = directory + 2 + i * 12;
            const uint32_t tag = read16(entry);
            if (tag == 273 || tag == 324) offsets = entry;
            if (tag == 279 || tag == 325) counts = entry;
        }
        return offsets && counts && reachesPastEnd(offsets, counts);
    }

private:
    View file;
    bool little;

    uint32_t read16(size_t at) const {
        return little ? file.data[at] | uint32_t(file.data[at + 1]) << 8 : file.big16(at);
    }
    uint32_t read32(size_t at) const { return little ? file.little32(at) : file.big32(at); }

    bool reachesPastEnd(size_t offsets, size_t counts) const {
        const uint32_t pieces = read32(offsets + 4);
        if (pieces != read32(counts + 4)) return false;
        for (uint32_t i = 0; i < pieces; ++i) {
            uint64_t start, length;
            if (!value(offsets, pieces, i, start) || !value(counts, pieces, i, length)) return true;
            if (length > 0 && start + length > file.count) return true;
        }
        return false;
    }

    /// The i-th SHORT or LONG of an entry; values of up to 4 bytes lie in the entry itself.
    bool value(size_t entry, uint32_t number, uint32_t i, uint64_t &out) const {
        const size_t width = read16(entry + 2) == 3 ? 2 : 4;
        const size_t base = number * width <= 4 ? entry + 8 : read32(entry + 8);
        const size_t at = base + i * width;
        if (!file.has(at, width)) return false;
        out = width == 2 ? read16(at) : read32(at);
        return true;
    }
};

}  // namespace

bool endsTooEarly(View file, CVSFormat format) {
    switch (format) {
        case CVSFormatJPEG:
            return jpegLacksEnd(file);
        case CVSFormatPNG:
            return pngLacksEnd(file);
        case CVSFormatWebP:
            return webpLacksEnd(file);
        case CVSFormatHEIF:
        case CVSFormatAVIF:
            return boxesLackEnd(file);
        case CVSFormatTIFF:
            return Tiff(file).lacksEnd();
    }
    return false;
}

}  // namespace cvs::codec
