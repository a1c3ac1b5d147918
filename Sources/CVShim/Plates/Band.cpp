#include "../Guard.hpp"
#include "Quad.hpp"

namespace {

/// A band is at most so wide, in the plate's heights; what goes on beyond that is no band.
constexpr double widest = 0.7, narrowest = 0.16, step = 0.04;
/// Blue stands out from red and green by so many levels.
constexpr float overRed = 28, overGreen = 12;

/// Mean colour of a column of a plate, `across` its heights left of it.
cv::Vec3f column(const cv::Mat &picture, const cvs::Corners &c, double across) {
    cv::Vec3f sum(0, 0, 0);
    const double share = -across * cvs::heightOf(c) / cvs::widthOf(c);
    constexpr int count = 12;
    for (int i = 0; i < count; ++i) {
        const double down = 0.12 + 0.76 * (i + 0.5) / count;
        const cv::Point2d upper = c[0] + (c[1] - c[0]) * share, lower = c[3] + (c[2] - c[3]) * share;
        const cv::Point2d at = upper + (lower - upper) * down;
        for (int k = 0; k < 3; ++k) sum[k] += cvs::between(picture, at.x, at.y, k);
    }
    return sum / float(count);
}

bool isBlue(const cv::Vec3f &colour) { return colour[2] > colour[0] + overRed && colour[2] > colour[1] + overGreen; }

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_plates_band(const CVSImage *picture, const double *values, double *width,
                                                CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (picture->mat.channels() != 3) throw cvs::Error{CVSStatusBadArgument, "the picture must have 3 channels"};
        const cvs::Corners corners = cvs::corners(values);
        *width = 0;
        if (cvs::heightOf(corners) < 4 || cvs::widthOf(corners) < 4) return;
        double last = 0;
        bool goesOn = true;
        // The first column may lie on the edge between band and field.
        for (double across = step; across <= widest && goesOn; across += step) {
            goesOn = isBlue(column(picture->mat, corners, across)) || across < 2.5 * step;
            if (goesOn) last = across;
        }
        if (!goesOn && last >= narrowest) *width = last + step / 2;
    });
}
