#include "Xmp.hpp"

#include <cstring>

#include "../Guard.hpp"

namespace cvs::codec {
namespace {

void append(Bytes &to, const void *data, size_t count) {
    const auto *bytes = static_cast<const uint8_t *>(data);
    to.insert(to.end(), bytes, bytes + count);
}

void appendBig32(Bytes &to, size_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) to.push_back(uint8_t(value >> shift));
}

void appendLittle(Bytes &to, size_t value, int count) {
    for (int i = 0; i < count; ++i) to.push_back(uint8_t(value >> (8 * i)));
}

/// `part` put into `file` at a place.
Bytes inserted(const Bytes &file, size_t at, const Bytes &part) {
    Bytes whole(file.begin(), file.begin() + long(at));
    whole.insert(whole.end(), part.begin(), part.end());
    whole.insert(whole.end(), file.begin() + long(at), file.end());
    return whole;
}

/// An APP1 segment behind JFIF's (XMP specification part 3, 1.1.3).
Bytes inJPEG(const Bytes &file, View packet) {
    constexpr char name[] = "http://ns.adobe.com/xap/1.0/";
    const View view{file.data(), file.size()};
    size_t at = 2;
    while (view.has(at, 4) && view.data[at] == 0xFF && view.data[at + 1] == 0xE0) at += 2 + view.big16(at + 2);
    const size_t length = 2 + sizeof name + packet.count;
    Bytes segment{0xFF, 0xE1, uint8_t(length >> 8), uint8_t(length)};
    append(segment, name, sizeof name);
    append(segment, packet.data, packet.count);
    return inserted(file, at, segment);
}

/// CRC-32 of PNG (ISO 15948, annex D).
uint32_t crc(const uint8_t *data, size_t count) {
    uint32_t value = 0xFFFFFFFF;
    for (size_t i = 0; i < count; ++i) {
        value ^= data[i];
        for (int bit = 0; bit < 8; ++bit) value = value & 1 ? value >> 1 ^ 0xEDB88320 : value >> 1;
    }
    return ~value;
}

/// An uncompressed iTXt chunk before the pixels (XMP specification part 3, 1.1.5).
Bytes inPNG(const Bytes &file, View packet) {
    constexpr char head[] = "iTXtXML:com.adobe.xmp\0\0\0\0";
    const View view{file.data(), file.size()};
    size_t at = 8;
    while (view.has(at, 12) && !view.matches(at + 4, "IDAT", 4)) at += 12 + view.big32(at);
    if (!view.has(at, 12)) throw Error{CVSStatusInternal, "a PNG without pixels"};
    Bytes chunk;
    appendBig32(chunk, sizeof head - 4 + packet.count);
    append(chunk, head, sizeof head);
    append(chunk, packet.data, packet.count);
    appendBig32(chunk, crc(chunk.data() + 4, chunk.size() - 4));
    return inserted(file, at, chunk);
}

/// A chunk at the end, announced in the extended header (WebP container specification).
Bytes inWebP(const Bytes &file, View packet, int width, int height, bool alpha) {
    constexpr uint8_t announcesXMP = 0x04, announcesAlpha = 0x10;
    const View view{file.data(), file.size()};
    Bytes whole = file;
    if (!view.matches(12, "VP8X", 4)) {
        Bytes header;
        append(header, "VP8X\x0A\0\0\0", 8);
        appendLittle(header, alpha ? announcesAlpha : 0, 4);
        appendLittle(header, size_t(width - 1), 3);
        appendLittle(header, size_t(height - 1), 3);
        whole = inserted(file, 12, header);
    }
    whole[20] |= announcesXMP;
    append(whole, "XMP ", 4);
    appendLittle(whole, packet.count, 4);
    append(whole, packet.data, packet.count);
    if (packet.count % 2) whole.push_back(0);
    for (size_t i = 0; i < 4; ++i) whole[4 + i] = uint8_t((whole.size() - 8) >> (8 * i));
    return whole;
}

}  // namespace

Bytes withXMP(const Bytes &file, CVSFormat format, View packet, int width, int height, bool alpha) {
    if (packet.count > 60 * 1024) throw Error{CVSStatusBadArgument, "an XMP packet of more than 60 KiB"};
    switch (format) {
        case CVSFormatJPEG:
            return inJPEG(file, packet);
        case CVSFormatPNG:
            return inPNG(file, packet);
        case CVSFormatWebP:
            return inWebP(file, packet, width, height, alpha);
        case CVSFormatAVIF:
            return withXMPItem(file, packet);
        case CVSFormatHEIF:
        case CVSFormatTIFF:
            break;
    }
    throw Error{CVSStatusBadArgument, std::string(name(format)) + " is read only"};
}

}  // namespace cvs::codec
