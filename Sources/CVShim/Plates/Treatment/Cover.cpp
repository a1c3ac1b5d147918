#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "Fill.hpp"

namespace {

/// A photo has no more plates.
constexpr int32_t most = 1024;
/// What a logo's edge is softened by at most, in standard deviations of the photo's blur.
constexpr double edge = 1.5;

/// Paints one cover over the photo's pixels; opaque on the plate and most of its margin.
void paint(cv::Mat &result, const cvs::Fit &fit, const cvs::Fill &fill, double ramp, CVSCancel cancel) {
    const cv::Rect reach = fit.reach(ramp);
    for (int y = reach.y; y < reach.y + reach.height; ++y) {
        cvs::stopIfCancelled(cancel);
        uint8_t *pixel = result.ptr(y) + 3 * reach.x;
        for (int x = reach.x; x < reach.x + reach.width; ++x, pixel += 3) {
            const double share = (fit.margin() + ramp / 2 - fit.distance(x, y)) / ramp;
            const float alpha = float(std::clamp(share, 0.0, 1.0));
            if (alpha <= 0) continue;
            const cvs::Tint tint = fill.colour(x, y);
            for (int c = 0; c < 3; ++c) {
                const float value = tint[c] * alpha + float(pixel[c]) * (1 - alpha);
                pixel[c] = uint8_t(std::lround(std::clamp(value, 0.f, 255.f)));
            }
        }
    }
}

void check(const cv::Mat &photo, int32_t count) {
    if (photo.channels() != 3) throw cvs::Error{CVSStatusBadArgument, "a photo of 3 channels is needed"};
    if (count < 0 || count > most) throw cvs::Error{CVSStatusBadArgument, "so many plates are not taken"};
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_cover(const CVSImage *photo, const CVSCover *covers, int32_t count,
                                          const CVSImage *logo, CVSCancel cancel, CVSImage **out,
                                          CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        check(photo->mat, count);
        if (logo && logo->mat.channels() == 1) throw cvs::Error{CVSStatusBadArgument, "the logo has no colours"};
        const cv::Mat picture = logo ? logo->mat : cv::Mat();
        cv::Mat result = photo->mat.clone();
        for (int32_t i = 0; i < count; ++i) {
            const cvs::Fit fit(covers[i].corners, result.size());
            const cvs::Light light(photo->mat, fit, cancel);
            // A soft photo has soft edges; the ramp never reaches the plate itself.
            const double ramp = covers[i].kind == CVSCoverKindLogo
                                    ? std::clamp(edge * double(light.blur()), 1.0, 2 * fit.margin() - 0.5)
                                    : 1;
            paint(result, fit, *cvs::fill(covers[i], fit, light, picture, cancel), ramp, cancel);
        }
        *out = new CVSImage{result};
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_outline(const CVSImage *picture, const double *corners, int32_t count,
                                            CVSColour colour, int32_t thickness, CVSImage **out,
                                            CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        check(picture->mat, count);
        if (thickness < 1 || thickness > 64) throw cvs::Error{CVSStatusBadArgument, "the line is out of range"};
        cv::Mat result = picture->mat.clone();
        for (int32_t i = 0; i < count; ++i) {
            std::vector<cv::Point> points;
            for (int k = 0; k < 4; ++k) {
                const double x = corners[8 * i + 2 * k], y = corners[8 * i + 2 * k + 1];
                if (!(std::abs(x) < 1e5 && std::abs(y) < 1e5))
                    throw cvs::Error{CVSStatusBadArgument, "a corner is no place of a picture"};
                // In sixteenths of a pixel.
                points.emplace_back(int(std::lround(16 * x)), int(std::lround(16 * y)));
            }
            cv::polylines(result, points, true, cv::Scalar(colour.r, colour.g, colour.b), thickness, cv::LINE_AA, 4);
        }
        *out = new CVSImage{result};
    });
}
