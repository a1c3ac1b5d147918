#include <algorithm>
#include <cstring>

#include "../Guard.hpp"
#include "Xmp.hpp"

namespace cvs::codec {
namespace {

[[noreturn]] void strange(const char *what) {
    throw Error{CVSStatusInternal, std::string("an AVIF of another shape than ours: ") + what};
}

/// A box: where it begins, how long its header is, where it ends.
struct Box {
    size_t at = 0, body = 0, end = 0;
    size_t size() const { return end - at; }
};

/// The first box of a type between two places; false when there is none.
bool find(View file, size_t from, size_t to, const char *type, Box &box) {
    for (size_t at = from; at + 8 <= to && file.has(at, 8);) {
        const size_t size = file.big32(at);
        if (size < 8 || at + size > to) return false;
        if (file.matches(at + 4, type, 4)) {
            box = {at, at + 8, at + size};
            return true;
        }
        at += size;
    }
    return false;
}

Box need(View file, size_t from, size_t to, const char *type) {
    Box box;
    if (!find(file, from, to, type, box)) strange(type);
    return box;
}

void put(Bytes &to, size_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) to.push_back(uint8_t(value >> shift));
}
void put(Bytes &to, const char *text, size_t count) { to.insert(to.end(), text, text + count); }
void copy(Bytes &to, View file, size_t from, size_t end) { to.insert(to.end(), file.data + from, file.data + end); }
void patch32(Bytes &bytes, size_t at, size_t value) {
    for (size_t i = 0; i < 4; ++i) bytes[at + i] = uint8_t(value >> (24 - 8 * i));
}

/// Where items lie in the file (ISO 14496-12, 8.11.3), versions 0 and 1.
class Locations {
public:
    explicit Locations(View file, const Box &box) : file(file), at(box.body) {
        version = file.data[at];
        if (version > 1 || !file.has(at, 8)) strange("iloc");
        const uint8_t sizes = file.data[at + 4], more = file.data[at + 5];
        offsetBytes = sizes >> 4, lengthBytes = sizes & 15, baseBytes = more >> 4, indexBytes = more & 15;
        count = file.big16(at + 6);
        if (offsetBytes != 4 || lengthBytes != 4 || (baseBytes != 0 && baseBytes != 4) || indexBytes != 0)
            strange("iloc sizes");
    }

    /// Bytes that one more item takes.
    size_t growth() const { return 2 + (version == 1 ? 2 : 0) + 2 + size_t(baseBytes) + 2 + 8; }
    int newest = 0;

    /// The box again: everything moved by `shift`, and an item of one extent more.
    Bytes moved(size_t shift, size_t begin, const Box &box, int item, size_t offset, size_t length) {
        Bytes out;
        copy(out, file, box.at, at + 6);
        patch32(out, 0, box.size() + growth());
        put(out, count + 1, 2);
        size_t next = at + 8;
        for (size_t i = 0; i < count; ++i) next = copyItem(out, next, box.end, shift, begin);
        put(out, size_t(item), 2);
        if (version == 1) put(out, 0, 2);
        put(out, 0, 2);
        put(out, 0, baseBytes);
        put(out, 1, 2);
        put(out, offset, 4);
        put(out, length, 4);
        return out;
    }

    /// The highest item number there is.
    int highest(const Box &box) {
        Bytes ignored;
        size_t next = at + 8;
        for (size_t i = 0; i < count; ++i) next = copyItem(ignored, next, box.end, 0, 0);
        return newest;
    }

private:
    size_t copyItem(Bytes &out, size_t next, size_t end, size_t shift, size_t begin) {
        const size_t head = 2 + (version == 1 ? 2 : 0) + 2;
        if (next + head + size_t(baseBytes) + 2 > end) strange("iloc items");
        newest = std::max(newest, int(file.big16(next)));
        if (version == 1 && (file.big16(next + 2) & 15) != 0) strange("iloc construction");
        copy(out, file, next, next + head);
        const size_t base = baseBytes ? file.big32(next + head) : 0;
        put(out, baseBytes ? base + shift : 0, baseBytes);
        next += head + size_t(baseBytes);
        const size_t extents = file.big16(next);
        put(out, extents, 2);
        next += 2;
        if (next + 8 * extents > end) strange("iloc extents");
        for (size_t i = 0; i < extents; ++i, next += 8) {
            const size_t offset = file.big32(next);
            if (base + offset < begin) strange("iloc offsets");
            put(out, baseBytes ? offset : offset + shift, 4);
            put(out, file.big32(next + 4), 4);
        }
        return next;
    }

    View file;
    size_t at, count = 0;
    int version = 0, offsetBytes = 0, lengthBytes = 0, baseBytes = 0, indexBytes = 0;
};

Bytes information(int item) {
    Bytes box;
    constexpr char type[] = "application/rdf+xml";
    put(box, 4 + 4 + 4 + 2 + 2 + 4 + 1 + sizeof type + 1, 4);
    put(box, "infe\2\0\0\0", 8);
    put(box, size_t(item), 2);
    put(box, 0, 2);
    put(box, "mime\0", 5);
    put(box, type, sizeof type);
    put(box, 0, 1);
    return box;
}

Bytes reference(int from, size_t to) {
    Bytes box;
    put(box, 14, 4);
    put(box, "cdsc", 4);
    put(box, size_t(from), 2);
    put(box, 1, 2);
    put(box, to, 2);
    return box;
}

}  // namespace

Bytes withXMPItem(const Bytes &avif, View packet) {
    const View file{avif.data(), avif.size()};
    const Box meta = need(file, 0, file.count, "meta");
    const size_t first = meta.body + 4;
    const Box iloc = need(file, first, meta.end, "iloc"), iinf = need(file, first, meta.end, "iinf");
    const Box pitm = need(file, first, meta.end, "pitm");
    if (file.data[iinf.body] != 0 || file.data[pitm.body] != 0) strange("large item numbers");
    Box iref;
    const bool refers = find(file, first, meta.end, "iref", iref);
    if (refers && file.data[iref.body] != 0) strange("iref");

    Locations locations(file, iloc);
    const int item = locations.highest(iloc) + 1;
    const Bytes infe = information(item), cdsc = reference(item, file.big16(pitm.body + 4));
    const size_t growth = infe.size() + locations.growth() + cdsc.size() + (refers ? 0 : 12);
    const size_t offset = file.count + growth + 8;

    Bytes out;
    copy(out, file, 0, first);
    patch32(out, meta.at, meta.size() + growth);
    for (size_t at = first; at < meta.end;) {
        const size_t size = file.big32(at);
        if (at == iloc.at) {
            const Bytes moved = locations.moved(growth, meta.end, iloc, item, offset, packet.count);
            out.insert(out.end(), moved.begin(), moved.end());
        } else {
            const size_t start = out.size();
            copy(out, file, at, at + size);
            if (at == iinf.at) {
                const size_t count = file.big16(iinf.body + 4) + 1;
                out[start + 12] = uint8_t(count >> 8), out[start + 13] = uint8_t(count);
                patch32(out, start, size + infe.size());
                out.insert(out.end(), infe.begin(), infe.end());
            } else if (refers && at == iref.at) {
                patch32(out, start, size + cdsc.size());
                out.insert(out.end(), cdsc.begin(), cdsc.end());
            }
        }
        at += size;
    }
    if (!refers) {
        put(out, 12 + cdsc.size(), 4);
        put(out, "iref\0\0\0\0", 8);
        out.insert(out.end(), cdsc.begin(), cdsc.end());
    }
    copy(out, file, meta.end, file.count);
    put(out, 8 + packet.count, 4);
    put(out, "mdat", 4);
    copy(out, packet, 0, packet.count);
    return out;
}

}  // namespace cvs::codec
