#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "../Image/Pixels.hpp"
#include "Container.hpp"
#include "Reading.hpp"
#include "Xmp.hpp"

struct CVSBytes {
    cvs::codec::Bytes bytes;
};

namespace cvs::codec {
namespace {

/// Borrows the pixels; only they are wrapped, so there is no metadata that could leak into a file.
Picture wrap(const cv::Mat &mat) {
    VipsImage *image = vips_image_new_from_memory(mat.data, mat.total() * mat.elemSize(), mat.cols, mat.rows,
                                                  mat.channels(), VIPS_FORMAT_UCHAR);
    if (!image) throw VipsFailure{};
    image->Type = mat.channels() < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
    return Picture(image);
}

/// libvips asks between strips whether to go on.
void killWhenCancelled(VipsImage *image, VipsProgress *, void *cancel) {
    if (__atomic_load_n(static_cast<const bool *>(cancel), __ATOMIC_RELAXED)) vips_image_set_kill(image, TRUE);
}

/// What a libvips saver gives.
struct Saved {
    void *data = nullptr;
    size_t count = 0;
    ~Saved() { g_free(data); }
    Bytes bytes() const { return Bytes(static_cast<uint8_t *>(data), static_cast<uint8_t *>(data) + count); }
};

Bytes savedJPEG(VipsImage *image, const CVSEncoding &how) {
    Saved to;
    const auto chroma = how.full_chroma ? VIPS_FOREIGN_SUBSAMPLE_OFF : VIPS_FOREIGN_SUBSAMPLE_ON;
    must(vips_jpegsave_buffer(image, &to.data, &to.count, "Q", std::clamp(how.quality, 1, 100), "interlace",
                              gboolean(how.progressive), "optimize_coding", TRUE, "subsample_mode", chroma, "strip",
                              TRUE, nullptr));
    if (!how.embed_srgb) return to.bytes();
    // Stripping takes the profile away, and not stripping makes libvips write an EXIF block: so it is put in here.
    VipsBlob *profile = nullptr;
    must(vips_profile_load("srgb", &profile, nullptr));
    size_t count = 0;
    const void *data = vips_blob_get(profile, &count);
    Bytes tagged = withProfile(to.bytes(), data, count);
    vips_area_unref(VIPS_AREA(profile));
    return tagged;
}

Bytes savedPNG(VipsImage *image, const CVSEncoding &how) {
    Saved to;
    // Trying every filter on each row costs more than a low level of zlib itself.
    const auto filter = how.effort < 4 ? VIPS_FOREIGN_PNG_FILTER_SUB : VIPS_FOREIGN_PNG_FILTER_ALL;
    must(vips_pngsave_buffer(image, &to.data, &to.count, "compression", std::clamp(how.effort, 0, 9), "filter", filter,
                             "strip", gboolean(!how.embed_srgb), "profile", how.embed_srgb ? "srgb" : nullptr,
                             nullptr));
    return to.bytes();
}

Bytes savedWebP(VipsImage *image, const CVSEncoding &how) {
    Saved to;
    must(vips_webpsave_buffer(image, &to.data, &to.count, "Q", std::clamp(how.quality, 1, 100), "lossless",
                              gboolean(how.lossless), "alpha_q", std::clamp(how.alpha_quality, 0, 100), "effort",
                              std::clamp(how.effort, 0, 6), "strip", TRUE, "profile", how.embed_srgb ? "srgb" : nullptr,
                              nullptr));
    return withoutExif(to.bytes());
}

Bytes savedAVIF(VipsImage *image, const CVSEncoding &how) {
    Saved to;
    const auto chroma = how.full_chroma ? VIPS_FOREIGN_SUBSAMPLE_OFF : VIPS_FOREIGN_SUBSAMPLE_ON;
    must(vips_heifsave_buffer(image, &to.data, &to.count, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "Q",
                              std::clamp(how.quality, 1, 100), "lossless", gboolean(how.lossless), "effort",
                              std::clamp(how.effort, 0, 9), "subsample_mode", chroma, "bitdepth", 8, "strip", TRUE,
                              nullptr));
    return to.bytes();
}

Bytes saved(VipsImage *image, const CVSEncoding &how) {
    switch (how.format) {
        case CVSFormatJPEG:
            return savedJPEG(image, how);
        case CVSFormatPNG:
            return savedPNG(image, how);
        case CVSFormatWebP:
            return savedWebP(image, how);
        case CVSFormatAVIF:
            return savedAVIF(image, how);
        case CVSFormatHEIF:
        case CVSFormatTIFF:
            break;
    }
    throw Error{CVSStatusBadArgument, std::string(name(how.format)) + " is read only"};
}

/// The longest side that a format can hold, since its own library would only give an error text.
int longestSide(CVSFormat format) {
    switch (format) {
        case CVSFormatWebP:
            return 16'383;
        case CVSFormatAVIF:
            return 16'384;
        default:
            return 65'500;
    }
}

void check(const cv::Mat &mat, CVSFormat format) {
    if (format == CVSFormatJPEG && mat.channels() == 4)
        throw Error{CVSStatusBadArgument, "a JPEG has no alpha: flatten the picture first"};
    if (std::max(mat.cols, mat.rows) > longestSide(format))
        throw Error{CVSStatusOverBudget, std::to_string(mat.cols) + " x " + std::to_string(mat.rows) +
                                             " pixels are more than " + name(format) + " can hold"};
}

void writeAll(int descriptor, const Bytes &bytes) {
    const uint8_t *next = bytes.data();
    size_t left = bytes.size();
    while (left > 0) {
        const ssize_t wrote = ::write(descriptor, next, left);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) throw Error{CVSStatusWriteFailed, std::strerror(errno)};
        next += wrote;
        left -= size_t(wrote);
    }
}

}  // namespace
}  // namespace cvs::codec

extern "C" CVS_EXPORT CVSStatus cvs_encode(const CVSImage *image, CVSEncoding encoding, const uint8_t *xmp,
                                           size_t xmp_count, CVSCancel cancel, CVSBytes **out,
                                           CVSError *error) noexcept {
    using namespace cvs::codec;
    return cvs::guarded(error, [&] {
        check(image->mat, encoding.format);
        auto bytes = std::make_unique<CVSBytes>();
        withOwnErrors([&](bool alone) {
            cvs::stopIfCancelled(cancel);
            const Picture picture = wrap(image->mat);
            if (cancel) {
                vips_image_set_progress(picture.get(), TRUE);
                g_signal_connect(picture.get(), "eval", G_CALLBACK(killWhenCancelled), const_cast<bool *>(cancel));
            }
            try {
                bytes->bytes = saved(picture.get(), encoding);
            } catch (const VipsFailure &) {
                cvs::stopIfCancelled(cancel);
                if (!alone) throw;
                throw cvs::Error{CVSStatusInternal, vips_error_buffer()};
            }
        });
        if (xmp)
            bytes->bytes = withXMP(bytes->bytes, encoding.format, {xmp, xmp_count}, image->mat.cols, image->mat.rows,
                                   image->mat.channels() == 4);
        *out = bytes.release();
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_read_xmp(CVSSource source, CVSLimits limits, CVSBytes **out,
                                             CVSError *error) noexcept {
    using namespace cvs::codec;
    return cvs::guarded(error, [&] {
        const Input input(source, limits.file_bytes);
        const CVSFormat format = sniff(input.view());
        auto bytes = std::make_unique<CVSBytes>();
        withOwnErrors([&](bool alone) {
            try {
                const Picture image = open(input.view(), format, 1);
                header(image.get(), format, limits);
                const void *data = nullptr;
                size_t count = 0;
                if (vips_image_get_typeof(image.get(), VIPS_META_XMP_NAME) &&
                    !vips_image_get_blob(image.get(), VIPS_META_XMP_NAME, &data, &count) && count <= 64 * 1024)
                    bytes->bytes.assign(static_cast<const uint8_t *>(data), static_cast<const uint8_t *>(data) + count);
            } catch (const VipsFailure &) {
                if (!alone) throw;
                blame(input.view(), format, vips_error_buffer() + takeWarnings());
            }
        });
        *out = bytes.release();
    });
}

extern "C" CVS_EXPORT const uint8_t *cvs_bytes_data(const CVSBytes *bytes) noexcept { return bytes->bytes.data(); }
extern "C" CVS_EXPORT size_t cvs_bytes_count(const CVSBytes *bytes) noexcept { return bytes->bytes.size(); }
extern "C" CVS_EXPORT void cvs_bytes_destroy(CVSBytes *bytes) noexcept { delete bytes; }

extern "C" CVS_EXPORT CVSStatus cvs_bytes_write(const CVSBytes *bytes, const char *path, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        static std::atomic<unsigned> number{0};
        const std::string unique = std::to_string(::getpid()) + "." + std::to_string(number++);
        const std::string part = std::string(path) + "." + unique + ".part";
        const int descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (descriptor < 0) throw cvs::Error{CVSStatusWriteFailed, std::strerror(errno)};
        try {
            cvs::codec::writeAll(descriptor, bytes->bytes);
            if (::close(descriptor) != 0 || ::rename(part.c_str(), path) != 0)
                throw cvs::Error{CVSStatusWriteFailed, std::strerror(errno)};
        } catch (...) {
            ::unlink(part.c_str());
            throw;
        }
    });
}
