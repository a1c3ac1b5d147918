#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "../Image/Pixels.hpp"
#include "Reading.hpp"

namespace cvs::codec {

Picture open(View file, CVSFormat format, int shrink) {
    Picture image;
    void *bytes = const_cast<uint8_t *>(file.data);
    const auto access = VIPS_ACCESS_SEQUENTIAL;
    const auto strict = VIPS_FAIL_ON_ERROR;
    switch (format) {
        case CVSFormatJPEG:
            must(vips_jpegload_buffer(bytes, file.count, image.out(), "access", access, "fail_on", strict, "shrink",
                                      shrink, nullptr));
            break;
        case CVSFormatPNG:
            must(vips_pngload_buffer(bytes, file.count, image.out(), "access", access, "fail_on", strict, nullptr));
            break;
        case CVSFormatWebP:
            must(vips_webpload_buffer(bytes, file.count, image.out(), "access", access, "fail_on", strict, nullptr));
            break;
        case CVSFormatHEIF:
        case CVSFormatAVIF:
            must(vips_heifload_buffer(bytes, file.count, image.out(), "access", access, "fail_on", strict, nullptr));
            break;
        case CVSFormatTIFF:
            must(vips_tiffload_buffer(bytes, file.count, image.out(), "access", access, "fail_on", strict, nullptr));
            break;
    }
    return image;
}

/// ISO 23008-12: an item of a coding that this libheif has no decoder for, told by its `infe` box (version 2).
static bool hasRareItems(View file) {
    for (size_t at = 0; file.has(at, 16) && at < 65'536; ++at) {
        if (!file.matches(at, "infe", 4)) continue;
        for (const char *coding : {"unci", "j2k1", "avc1", "vvc1", "evc1", "jpeg"})
            if (file.matches(at + 12, coding, 4)) return true;
    }
    return false;
}

void blame(View file, CVSFormat format, const std::string &said) {
    if (endsTooEarly(file, format)) throw Error{CVSStatusTruncated, std::string(name(format)) + ": " + said};
    const bool boxes = format == CVSFormatHEIF || format == CVSFormatAVIF;
    if (said.find("Unsupported") != std::string::npos || said.find("not supported") != std::string::npos ||
        (boxes && hasRareItems(file)))
        throw Error{CVSStatusUnsupported, std::string("a ") + name(format) + " of a rare kind"};
    throw Error{CVSStatusCorrupt, std::string(name(format)) + ": " + said};
}

cv::Mat upright(cv::Mat stored, int orientation) {
    cv::Mat turned = stored;
    if (orientation >= 5) cv::transpose(stored, turned);
    switch (orientation) {
        case 2:
            cv::flip(turned, turned, 1);
            break;
        case 3:
            cv::flip(turned, turned, -1);
            break;
        case 4:
            cv::flip(turned, turned, 0);
            break;
        case 6:
            cv::flip(turned, turned, 1);
            break;
        case 7:
            cv::flip(turned, turned, -1);
            break;
        case 8:
            cv::flip(turned, turned, 0);
            break;
        default:
            break;
    }
    return turned;
}

namespace {

/// Evaluates strip by strip on this thread, so that a cancelled decode stops soon and memory stays at one picture.
cv::Mat readPixels(VipsImage *image, CVSCancel cancel) {
    constexpr int stripRows = 64;
    cv::Mat pixels(image->Ysize, image->Xsize, CV_8UC(image->Bands));
    struct Region {
        VipsRegion *region;
        ~Region() { g_object_unref(region); }
    } strip{vips_region_new(image)};
    for (int top = 0; top < image->Ysize; top += stripRows) {
        stopIfCancelled(cancel);
        const VipsRect rect{0, top, image->Xsize, std::min(stripRows, image->Ysize - top)};
        must(vips_region_prepare(strip.region, &rect));
        for (int y = top; y < top + rect.height; ++y)
            std::memcpy(pixels.ptr(y), VIPS_REGION_ADDR(strip.region, 0, y), pixels.step[0]);
    }
    return pixels;
}

/// libjpeg repairs damage with a warning. Padding before a marker is harmless; lost or impossible codes are not.
void refuseRepairedJPEG(const std::string &warnings) {
    for (const char *sign : {"bad Huffman code", "premature end", "Premature end", "found marker", "bad arithmetic"})
        if (warnings.find(sign) != std::string::npos) throw Error{CVSStatusCorrupt, "JPEG: " + warnings};
}

/// The largest shrink on load that still leaves `maxSide`.
int shrinkFor(const CVSHeader &header, int maxSide) {
    if (maxSide < 1 || header.format != CVSFormatJPEG) return 1;
    const int side = std::max(header.width, header.height);
    for (int shrink : {8, 4, 2})
        if (side / shrink >= maxSide) return shrink;
    return 1;
}

cv::Mat decode(View file, CVSFormat format, const CVSLimits &limits, int maxSide, CVSCancel cancel) {
    Picture image = open(file, format, 1);
    const CVSHeader facts = header(image.get(), format, limits);
    if (endsTooEarly(file, format)) throw Error{CVSStatusTruncated, name(format)};
    const int shrink = shrinkFor(facts, maxSide);
    if (shrink > 1) image = open(file, format, shrink);
    image = toSRGB(std::move(image));
    return upright(readPixels(image.get(), cancel), facts.orientation);
}

cv::Mat fit(cv::Mat pixels, int maxSide, CVSCancel cancel) {
    const int side = std::max(pixels.cols, pixels.rows);
    if (maxSide < 1 || side <= maxSide) return pixels;
    const double scale = double(maxSide) / side;
    const int width = std::max(1, int(std::lround(pixels.cols * scale)));
    const int height = std::max(1, int(std::lround(pixels.rows * scale)));
    return resized(pixels, width, height, CVSFilterLanczos, cancel);
}

}  // namespace
}  // namespace cvs::codec

extern "C" CVS_EXPORT CVSStatus cvs_decode(CVSSource source, CVSLimits limits, CVSLayout layout, int32_t max_side,
                                           CVSCancel cancel, CVSImage **out, CVSError *error) noexcept {
    using namespace cvs::codec;
    return cvs::guarded(error, [&] {
        cvs::stopIfCancelled(cancel);
        const Input input(source, limits.file_bytes);
        const CVSFormat format = sniff(input.view());
        cv::Mat pixels = withOwnErrors([&](bool alone) {
            try {
                takeWarnings();
                cv::Mat mat = decode(input.view(), format, limits, max_side, cancel);
                const std::string warnings = takeWarnings();
                if (format == CVSFormatJPEG && !warnings.empty()) {
                    if (!alone) throw VipsFailure{};
                    refuseRepairedJPEG(warnings);
                }
                return mat;
            } catch (const VipsFailure &) {
                if (!alone) throw;
                blame(input.view(), format, vips_error_buffer() + takeWarnings());
            }
        });
        *out = new CVSImage{cvs::inLayout(fit(pixels, max_side, cancel), layout)};
    });
}
