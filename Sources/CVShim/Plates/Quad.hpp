#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>

#include "CVSPlates.h"

namespace cvs {

/// Four corners, clockwise from the top left as read.
using Corners = std::array<cv::Point2d, 4>;

inline Corners corners(const double *values) {
    Corners found;
    for (size_t i = 0; i < 4; ++i) found[i] = {values[2 * i], values[2 * i + 1]};
    return found;
}

inline void store(const Corners &corners, double *values) {
    for (size_t i = 0; i < 4; ++i) values[2 * i] = corners[i].x, values[2 * i + 1] = corners[i].y;
}

inline double distance(cv::Point2d a, cv::Point2d b) { return std::hypot(a.x - b.x, a.y - b.y); }

inline double widthOf(const Corners &c) { return (distance(c[0], c[1]) + distance(c[3], c[2])) / 2; }
inline double heightOf(const Corners &c) { return (distance(c[0], c[3]) + distance(c[1], c[2])) / 2; }

/// Twice the signed area is positive at every corner: convex, and clockwise as seen with y downwards.
inline bool isConvex(const Corners &c) {
    for (size_t i = 0; i < 4; ++i) {
        const cv::Point2d a = c[(i + 1) % 4] - c[i], b = c[(i + 2) % 4] - c[(i + 1) % 4];
        if (!(a.x * b.y - a.y * b.x > 0)) return false;
    }
    return true;
}

inline double areaOf(const Corners &c) {
    double twice = 0;
    for (size_t i = 0; i < 4; ++i) twice += c[i].x * c[(i + 1) % 4].y - c[(i + 1) % 4].x * c[i].y;
    return twice / 2;
}

/// A channel of a 3-channel picture between pixels, 0...255; the border's pixels go on beyond it.
inline float between(const cv::Mat &picture, double x, double y, int channel) {
    x = std::clamp(x, 0.0, double(picture.cols - 1));
    y = std::clamp(y, 0.0, double(picture.rows - 1));
    const int left = int(x), top = int(y);
    const int right = std::min(left + 1, picture.cols - 1), bottom = std::min(top + 1, picture.rows - 1);
    const float across = float(x - left), down = float(y - top);
    const auto at = [&](int row, int column) { return float(picture.ptr(row)[column * 3 + channel]); };
    const float upper = at(top, left) + (at(top, right) - at(top, left)) * across;
    const float lower = at(bottom, left) + (at(bottom, right) - at(bottom, left)) * across;
    return upper + (lower - upper) * down;
}

}  // namespace cvs
