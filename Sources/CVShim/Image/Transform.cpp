#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "Pixels.hpp"

namespace cvs {
namespace {

/// n / 255, rounded; exact up to 255 x 255.
uint32_t by255(uint32_t n) { return (n + 128 + ((n + 128) >> 8)) >> 8; }

cv::Scalar scalar(CVSColour colour) { return cv::Scalar(colour.r, colour.g, colour.b, colour.a); }

/// BT.601 luma in integers, so that it is the same everywhere.
cv::Mat luma(const cv::Mat &rgb) {
    cv::Mat grey(rgb.rows, rgb.cols, CV_8UC1);
    for (int y = 0; y < rgb.rows; ++y) {
        const uint8_t *from = rgb.ptr(y);
        uint8_t *to = grey.ptr(y);
        for (int x = 0; x < rgb.cols; ++x, from += 3)
            to[x] = uint8_t((from[0] * 19595u + from[1] * 38470u + from[2] * 7471u + 32768u) >> 16);
    }
    return grey;
}

cv::Mat channels(const cv::Mat &from, int count) {
    const CVSColour white{255, 255, 255, 255};
    const int has = from.channels();
    if (has == count) return from;
    cv::Mat to;
    if (count == 1) return luma(flattened(from, white));
    if (count == 3 && has == 4) return flattened(from, white);
    cv::cvtColor(from, to, count == 3 ? cv::COLOR_GRAY2RGB : has == 1 ? cv::COLOR_GRAY2RGBA : cv::COLOR_RGB2RGBA);
    return to;
}

/// One row of "over" on a base without alpha.
void overOpaque(uint8_t *base, const uint8_t *over, int width, int baseChannels, int overChannels) {
    for (int x = 0; x < width; ++x, base += baseChannels, over += overChannels) {
        const uint32_t alpha = overChannels == 4 ? over[3] : 255;
        for (int c = 0; c < baseChannels; ++c) base[c] = uint8_t(by255(over[c] * alpha + base[c] * (255 - alpha)));
    }
}

/// One row of "over" with straight alpha on both sides.
void overAlpha(uint8_t *base, const uint8_t *over, int width, int overChannels) {
    for (int x = 0; x < width; ++x, base += 4, over += overChannels) {
        const uint32_t alpha = overChannels == 4 ? over[3] : 255;
        const uint32_t rest = by255(base[3] * (255 - alpha)), sum = alpha + rest;
        for (int c = 0; c < 3 && sum > 0; ++c) base[c] = uint8_t((over[c] * alpha + base[c] * rest + sum / 2) / sum);
        base[3] = uint8_t(sum);
    }
}

}  // namespace

cv::Mat flattened(const cv::Mat &from, CVSColour colour) {
    if (from.channels() != 4) return from;
    cv::Mat to(from.rows, from.cols, CV_8UC3, scalar(colour));
    for (int y = 0; y < from.rows; ++y) overOpaque(to.ptr(y), from.ptr(y), from.cols, 3, 4);
    return to;
}

cv::Mat inLayout(const cv::Mat &from, CVSLayout layout) {
    switch (layout) {
        case CVSLayoutGrey:
            return channels(from, 1);
        case CVSLayoutRGB:
            return channels(from, 3);
        case CVSLayoutRGBA:
            return channels(from, 4);
        case CVSLayoutKeep:
            return from;
    }
    return from;
}

}  // namespace cvs

using cvs::guarded;

extern "C" CVS_EXPORT CVSStatus cvs_crop(const CVSImage *image, int32_t x, int32_t y, int32_t width, int32_t height,
                                         CVSImage **out, CVSError *error) noexcept {
    return guarded(error, [&] {
        const cv::Mat &from = image->mat;
        if (x < 0 || y < 0 || width < 1 || height < 1 || width > from.cols - x || height > from.rows - y)
            throw cvs::Error{CVSStatusBadArgument, "the rectangle is not inside the picture"};
        *out = new CVSImage{from(cv::Rect(x, y, width, height)).clone()};
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_pad(const CVSImage *image, int32_t x, int32_t y, int32_t width, int32_t height,
                                        CVSColour colour, CVSImage **out, CVSError *error) noexcept {
    return guarded(error, [&] {
        const cv::Mat &from = image->mat;
        if (x < 0 || y < 0 || width > 65'535 || height > 65'535 || x > width - from.cols || y > height - from.rows)
            throw cvs::Error{CVSStatusBadArgument, "the picture does not fit the canvas"};
        cv::Mat to(height, width, from.type(), cvs::scalar(colour));
        from.copyTo(to(cv::Rect(x, y, from.cols, from.rows)));
        *out = new CVSImage{to};
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_flatten(const CVSImage *image, CVSColour colour, CVSImage **out,
                                            CVSError *error) noexcept {
    return guarded(error, [&] { *out = new CVSImage{cvs::flattened(image->mat, colour)}; });
}

extern "C" CVS_EXPORT CVSStatus cvs_convert(const CVSImage *image, int32_t channels, CVSImage **out,
                                            CVSError *error) noexcept {
    return guarded(error, [&] {
        if (channels != 1 && channels != 3 && channels != 4)
            throw cvs::Error{CVSStatusBadArgument, "a picture has 1, 3 or 4 channels"};
        *out = new CVSImage{cvs::channels(image->mat, channels)};
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_extract(const CVSImage *image, int32_t channel, CVSImage **out,
                                            CVSError *error) noexcept {
    return guarded(error, [&] {
        if (channel < 0 || channel >= image->mat.channels())
            throw cvs::Error{CVSStatusBadArgument, "there is no such channel"};
        cv::Mat to;
        cv::extractChannel(image->mat, to, channel);
        *out = new CVSImage{to};
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_mirror(const CVSImage *image, CVSImage **out, CVSError *error) noexcept {
    return guarded(error, [&] {
        cv::Mat to;
        cv::flip(image->mat, to, 1);
        *out = new CVSImage{to};
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_with_alpha(const CVSImage *image, const CVSImage *alpha, CVSImage **out,
                                               CVSError *error) noexcept {
    return guarded(error, [&] {
        if (alpha->mat.channels() != 1 || alpha->mat.size() != image->mat.size())
            throw cvs::Error{CVSStatusBadArgument, "an alpha is one channel of the picture's size"};
        cv::Mat to = image->mat.channels() == 4 ? image->mat.clone() : cvs::channels(image->mat, 4);
        cv::insertChannel(alpha->mat, to, 3);
        *out = new CVSImage{to};
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_paste(const CVSImage *base, const CVSImage *over, int32_t x, int32_t y,
                                          CVSImage **out, CVSError *error) noexcept {
    return guarded(error, [&] {
        const int channels = base->mat.channels();
        const cv::Mat top = over->mat.channels() < channels ? cvs::channels(over->mat, channels) : over->mat;
        if (channels == 1 && top.channels() != 1)
            throw cvs::Error{CVSStatusBadArgument, "a colour picture does not go on a grey one"};
        cv::Mat to = base->mat.clone();
        const int64_t left = std::max<int64_t>(0, x), right = std::min<int64_t>(to.cols, int64_t(x) + top.cols);
        const int64_t first = std::max<int64_t>(0, y), last = std::min<int64_t>(to.rows, int64_t(y) + top.rows);
        for (int64_t row = first; row < last && left < right; ++row) {
            uint8_t *to_row = to.ptr(int(row), int(left));
            const uint8_t *from_row = top.ptr(int(row - y), int(left - x));
            if (channels == 4)
                cvs::overAlpha(to_row, from_row, int(right - left), top.channels());
            else
                cvs::overOpaque(to_row, from_row, int(right - left), channels, top.channels());
        }
        *out = new CVSImage{to};
    });
}
