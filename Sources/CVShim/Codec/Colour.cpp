#include "Profile.hpp"
#include "Reading.hpp"

namespace cvs::codec {
namespace {

bool isGrey(VipsImage *image) {
    switch (vips_image_guess_interpretation(image)) {
        case VIPS_INTERPRETATION_B_W:
        case VIPS_INTERPRETATION_GREY16:
            return true;
        default:
            return false;
    }
}

/// By the embedded profile; false when there is none to go by: sRGB already, or not fit for these pixels.
bool byProfile(Picture &image) {
    const void *profile = nullptr;
    size_t count = 0;
    if (!vips_image_get_typeof(image.get(), VIPS_META_ICC_NAME) ||
        vips_image_get_blob(image.get(), VIPS_META_ICC_NAME, &profile, &count) ||
        isSRGB({static_cast<const uint8_t *>(profile), count}))
        return false;
    Picture converted;
    if (vips_icc_transform(image.get(), converted.out(), "srgb", "embedded", TRUE, "intent", VIPS_INTENT_RELATIVE,
                           "depth", 8, nullptr)) {
        vips_error_clear();
        return false;
    }
    image = std::move(converted);
    return true;
}

void byInterpretation(Picture &image, bool grey) {
    Picture converted;
    must(vips_colourspace(image.get(), converted.out(), grey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB,
                          nullptr));
    image = std::move(converted);
}

void toBytes(Picture &image) {
    if (image.get()->BandFmt == VIPS_FORMAT_UCHAR) return;
    Picture cast;
    must(vips_cast_uchar(image.get(), cast.out(), nullptr));
    image = std::move(cast);
}

void takeBands(Picture &image, int first, int count) {
    Picture bands;
    must(vips_extract_band(image.get(), bands.out(), first, "n", count, nullptr));
    image = std::move(bands);
}

}  // namespace

Picture toSRGB(Picture image) {
    const bool grey = isGrey(image.get()) && image.get()->Bands == 1;
    if (!byProfile(image)) byInterpretation(image, grey);
    toBytes(image);
    const int bands = image.get()->Bands;
    if (grey && bands > 1) takeBands(image, 0, 1);
    if (bands > 4) takeBands(image, 0, vips_image_hasalpha(image.get()) ? 4 : 3);
    if (image.get()->Bands == 2) throw Error{CVSStatusUnsupported, "a picture of two channels"};
    return image;
}

}  // namespace cvs::codec
