#ifndef CVS_CODEC_H
#define CVS_CODEC_H
#include "CVSBase.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// The formats that are read and written; told by the first bytes, never by a file's name. Closed, append only.
typedef enum __attribute__((enum_extensibility(closed))) CVSFormat : int32_t {
    CVSFormatJPEG = 0,
    CVSFormatPNG,
    CVSFormatWebP,
    CVSFormatHEIF,
    CVSFormatAVIF,
    CVSFormatTIFF,
} CVSFormat;

/// What channels a decoded picture shall have.
typedef enum __attribute__((enum_extensibility(closed))) CVSLayout : int32_t {
    /// 1 for grey, 3 for colour, 4 for anything with alpha.
    CVSLayoutKeep = 0,
    /// 1: luma of the picture flattened over white.
    CVSLayoutGrey,
    /// 3: flattened over white, grey repeated.
    CVSLayoutRGB,
    /// 4: opaque where the file has no alpha.
    CVSLayoutRGBA,
} CVSLayout;

/// An encoded picture: a file, or bytes in memory when `path` is null.
typedef struct CVSSource {
    const char *_Nullable path;
    const uint8_t *_Nullable bytes;
    size_t count;
} CVSSource;

/// Checked before pixels are read: stored width x height, and the size of the file.
typedef struct CVSLimits {
    int64_t pixels;
    int64_t file_bytes;
} CVSLimits;

/// A picture's header. Sizes are upright, that is after `orientation` is applied; texts are empty when absent.
typedef struct CVSHeader {
    CVSFormat format;
    int32_t width;
    int32_t height;
    /// EXIF 1...8 as stored; 1 when absent or already applied by the format itself (HEIF, AVIF).
    int32_t orientation;
    /// Frames of an animation, pages of a TIFF, images of a HEIF.
    int32_t pages;
    /// As stored: 1 to 5, or more for exotic TIFFs.
    int32_t channels;
    int32_t bits;
    bool has_alpha;
    bool has_profile;
    /// Millimetres; 0 when absent.
    double focal_length;
    /// The 35 mm equivalent in millimetres; 0 when absent.
    double focal_length_35;
    char make[64];
    char model[64];
} CVSHeader;

/// How to write a picture. Fields that a format does not have are ignored.
typedef struct CVSEncoding {
    CVSFormat format;
    /// 1...100: JPEG, WebP, AVIF.
    int32_t quality;
    /// WebP, AVIF.
    bool lossless;
    /// JPEG.
    bool progressive;
    /// 4:4:4 instead of 4:2:0: JPEG, AVIF.
    bool full_chroma;
    /// 0...6 WebP, 0...9 AVIF, 0...9 the zlib level of PNG: more is smaller and slower.
    int32_t effort;
    /// 0...100: WebP.
    int32_t alpha_quality;
    /// JPEG, PNG, WebP: attaches an sRGB profile. AVIF always states its colour in its own header.
    bool embed_srgb;
} CVSEncoding;

/// Encoded bytes, owned. Create and destroy only.
typedef struct CVSBytes CVSBytes;

/// Reads the header alone. NotFound, Empty, Unrecognized, Unsupported, Truncated, Corrupt or OverBudget.
CVSStatus cvs_probe(CVSSource source, CVSLimits limits, CVSHeader *header, CVSError *error) CVS_NOEXCEPT;

/// Decodes the first (or primary) image upright, in sRGB, 8 bit, straight alpha.
///
/// `max_side` > 0 shrinks so that no side is longer, on load where the format can. A file that lacks its end is
/// Truncated, one with damaged data Corrupt; pixels of such a file are never returned.
CVSStatus cvs_decode(CVSSource source, CVSLimits limits, CVSLayout layout, int32_t max_side, CVSCancel cancel,
                     CVSImage *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;

/// Reads the XMP packet of a file as it is; empty when there is none, or one of more than 64 KiB.
CVSStatus cvs_read_xmp(CVSSource source, CVSLimits limits, CVSBytes *_Nullable *_Nonnull out,
                       CVSError *error) CVS_NOEXCEPT;

/// Writes JPEG (1 or 3 channels), PNG, WebP or AVIF without any metadata but the profile and packet that are asked for.
/// Equal pixels and settings give equal bytes. `xmp` is a packet of at most 60 KiB that is attached as it is, or null.
CVSStatus cvs_encode(const CVSImage *image, CVSEncoding encoding, const uint8_t *_Nullable xmp, size_t xmp_count,
                     CVSCancel cancel, CVSBytes *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;
const uint8_t *cvs_bytes_data(const CVSBytes *bytes) CVS_NOEXCEPT;
size_t cvs_bytes_count(const CVSBytes *bytes) CVS_NOEXCEPT;
void cvs_bytes_destroy(CVSBytes *bytes) CVS_NOEXCEPT;

/// Writes bytes under a temporary name beside `path` and renames, so that no half-written file is ever seen there.
CVSStatus cvs_bytes_write(const CVSBytes *bytes, const char *path, CVSError *error) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
