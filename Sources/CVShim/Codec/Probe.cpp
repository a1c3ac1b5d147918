#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "Reading.hpp"

namespace cvs::codec {
namespace {

int number(VipsImage *image, const char *field, int otherwise) {
    int value = otherwise;
    if (vips_image_get_typeof(image, field) && vips_image_get_int(image, field, &value)) return otherwise;
    return value;
}

/// libvips writes EXIF fields as "value (value again, type, n components, m bytes)".
std::string exif(VipsImage *image, const char *field) {
    const char *text = nullptr;
    if (!vips_image_get_typeof(image, field) || vips_image_get_string(image, field, &text) || !text) return "";
    const std::string whole = text;
    return whole.substr(0, whole.find(" ("));
}

/// "240/10" or "24".
double rational(const std::string &text) {
    char *rest = nullptr;
    const double top = std::strtod(text.c_str(), &rest);
    const double bottom = *rest == '/' ? std::strtod(rest + 1, nullptr) : 1;
    const double value = bottom > 0 ? top / bottom : 0;
    return value > 0 && value < 100'000 ? value : 0;
}

void copyText(const std::string &text, char *to, size_t room) {
    std::string clean = text.substr(0, room - 1);
    while (!clean.empty() && (clean.back() == ' ' || clean.back() == '\0')) clean.pop_back();
    std::memcpy(to, clean.c_str(), clean.size() + 1);
}

}  // namespace

void readCamera(VipsImage *image, CVSHeader &header) {
    header.focal_length = rational(exif(image, "exif-ifd2-FocalLength"));
    header.focal_length_35 = rational(exif(image, "exif-ifd2-FocalLengthIn35mmFilm"));
    copyText(exif(image, "exif-ifd0-Make"), header.make, sizeof header.make);
    copyText(exif(image, "exif-ifd0-Model"), header.model, sizeof header.model);
}

CVSHeader header(VipsImage *image, CVSFormat format, const CVSLimits &limits) {
    const int64_t width = image->Xsize, height = image->Ysize;
    if (width * height > limits.pixels)
        throw Error{CVSStatusOverBudget, std::to_string(width) + " x " + std::to_string(height) +
                                             " pixels are over the limit of " + std::to_string(limits.pixels)};
    CVSHeader header{};
    header.format = format;
    header.orientation = number(image, VIPS_META_ORIENTATION, 1);
    if (header.orientation < 1 || header.orientation > 8) header.orientation = 1;
    header.width = int32_t(header.orientation >= 5 ? height : width);
    header.height = int32_t(header.orientation >= 5 ? width : height);
    header.pages = std::max(1, number(image, VIPS_META_N_PAGES, 1));
    header.channels = image->Bands;
    header.bits = number(image, "bits-per-sample", int(8 * vips_format_sizeof(image->BandFmt)));
    header.has_alpha = vips_image_hasalpha(image);
    header.has_profile = vips_image_get_typeof(image, VIPS_META_ICC_NAME) != 0;
    return header;
}

}  // namespace cvs::codec

extern "C" CVS_EXPORT CVSStatus cvs_probe(CVSSource source, CVSLimits limits, CVSHeader *header,
                                          CVSError *error) noexcept {
    using namespace cvs::codec;
    return cvs::guarded(error, [&] {
        const Input input(source, limits.file_bytes);
        const CVSFormat format = sniff(input.view());
        *header = withOwnErrors([&](bool alone) {
            try {
                const Picture image = open(input.view(), format, 1);
                CVSHeader found = cvs::codec::header(image.get(), format, limits);
                readCamera(image.get(), found);
                return found;
            } catch (const VipsFailure &) {
                if (!alone) throw;
                blame(input.view(), format, vips_error_buffer() + takeWarnings());
            }
        });
    });
}
