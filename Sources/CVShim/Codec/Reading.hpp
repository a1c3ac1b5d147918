#pragma once
#include <vector>

#include "Format.hpp"
#include "Vips.hpp"

namespace cvs::codec {

/// The bytes of a source; a file is read whole, so nobody can change it under the decoder.
class Input {
public:
    /// Throws NotFound for what can't be read as a file, OverBudget over `limit` bytes.
    Input(const CVSSource &source, int64_t limit);
    View view() const { return bytes; }

private:
    std::vector<uint8_t> owned;
    View bytes;
};

/// Opens with the format's own loader; nothing but the header is read. `shrink` is 1, 2, 4 or 8 (JPEG only).
Picture open(View file, CVSFormat format, int shrink);

/// Fills the header, and throws OverBudget when the stored size is over the limit.
CVSHeader header(VipsImage *image, CVSFormat format, const CVSLimits &limits);

/// What EXIF says about the camera: focal lengths, make and model.
void readCamera(VipsImage *image, CVSHeader &header);

/// The status of a failed read: Truncated when the file's own structure says so, else Corrupt.
[[noreturn]] void blame(View file, CVSFormat format, const std::string &said);

/// 8-bit sRGB or grey, with or without straight alpha: ICC, CMYK, 16 bit, float and palette all end here.
Picture toSRGB(Picture image);

/// Turns stored pixels upright by their EXIF orientation 1...8.
cv::Mat upright(cv::Mat stored, int orientation);

}  // namespace cvs::codec
