#include <cstring>
#include <string>

#include "../Guard.hpp"
#include "Format.hpp"

namespace cvs::codec {

bool View::matches(size_t at, const char *text, size_t length) const {
    return has(at, length) && std::memcmp(data + at, text, length) == 0;
}

const char *name(CVSFormat format) {
    switch (format) {
        case CVSFormatJPEG:
            return "JPEG";
        case CVSFormatPNG:
            return "PNG";
        case CVSFormatWebP:
            return "WebP";
        case CVSFormatHEIF:
            return "HEIF";
        case CVSFormatAVIF:
            return "AVIF";
        case CVSFormatTIFF:
            return "TIFF";
    }
    return "";
}

namespace {

struct Known {
    const char *magic;
    size_t length;
    const char *what;
};

/// Formats that people do send by mistake, so that the answer can name them.
constexpr Known refused[] = {
    {"GIF8", 4, "a GIF"},
    {"%PDF", 4, "a PDF document"},
    {"8BPS", 4, "a Photoshop document"},
    {"\xFF\x0A", 2, "a JPEG XL"},
    {"\0\0\0\x0CJXL ", 8, "a JPEG XL"},
    {"\0\0\0\x0CjP  ", 8, "a JPEG 2000"},
    {"\xFF\x4F\xFF\x51", 4, "a JPEG 2000"},
    {"\0\0\1\0", 4, "an icon"},
    {"\x76\x2F\x31\x01", 4, "an OpenEXR"},
    {"FUJIFILMCCD-RAW", 15, "a camera raw file"},
    {"IIRO", 4, "a camera raw file"},
    {"IIU\0", 4, "a camera raw file"},
    {"PK\3\4", 4, "a zip archive"},
};

/// The brands of an ISO base media file decide between stills that are taken and films that are not.
CVSFormat sniffBoxes(View file) {
    size_t end = file.big32(0);
    if (end < 16 || end > 512) end = 16;
    bool heif = false;
    for (size_t at = 8; at + 4 <= end && file.has(at, 4); at += 4) {
        if (at == 12) continue;
        if (file.matches(at, "avif", 4) || file.matches(at, "avis", 4)) return CVSFormatAVIF;
        for (const char *brand : {"heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"})
            heif = heif || file.matches(at, brand, 4);
    }
    if (heif) return CVSFormatHEIF;
    throw Error{CVSStatusUnsupported, file.matches(8, "crx", 3) ? "a camera raw file" : "a film"};
}

bool isSVG(View file) {
    const std::string head(reinterpret_cast<const char *>(file.data), file.count < 1024 ? file.count : 1024);
    const size_t start = head.find_first_not_of("\xEF\xBB\xBF \t\r\n");
    return start != std::string::npos && head[start] == '<' && head.find("<svg") != std::string::npos;
}

}  // namespace

CVSFormat sniff(View file) {
    if (file.count == 0) throw Error{CVSStatusEmpty, "0 bytes"};
    if (file.matches(0, "\xFF\xD8\xFF", 3)) return CVSFormatJPEG;
    if (file.matches(0, "\x89PNG\r\n\x1A\n", 8)) return CVSFormatPNG;
    if (file.matches(0, "RIFF", 4) && file.matches(8, "WEBP", 4)) return CVSFormatWebP;
    if (file.matches(0, "II*\0", 4) || file.matches(0, "MM\0*", 4)) {
        if (file.matches(8, "CR\2", 3)) throw Error{CVSStatusUnsupported, "a camera raw file"};
        return CVSFormatTIFF;
    }
    if (file.matches(0, "II+\0", 4) || file.matches(0, "MM\0+", 4)) return CVSFormatTIFF;
    if (file.matches(4, "ftyp", 4) && file.has(8, 8)) return sniffBoxes(file);
    for (const Known &format : refused)
        if (file.matches(0, format.magic, format.length)) throw Error{CVSStatusUnsupported, format.what};
    if (file.matches(0, "BM", 2) && file.matches(6, "\0\0\0\0", 4)) throw Error{CVSStatusUnsupported, "a BMP"};
    if (isSVG(file)) throw Error{CVSStatusUnsupported, "an SVG drawing"};
    if (file.matches(1, "PNG", 3))
        throw Error{CVSStatusCorrupt, "the PNG signature is damaged, as by a copy in text mode"};
    // A copy that stopped within the magic bytes themselves.
    for (const char *magic : {"\xFF\xD8\xFF", "\x89PNG\r\n\x1A\n", "RIFF"})
        if (file.count < std::strlen(magic) && std::memcmp(file.data, magic, file.count) == 0)
            throw Error{CVSStatusTruncated, std::to_string(file.count) + " bytes"};
    throw Error{CVSStatusUnrecognized, "no known picture format starts with these bytes"};
}

}  // namespace cvs::codec
