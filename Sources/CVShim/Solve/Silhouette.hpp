#pragma once
#include <algorithm>
#include <array>
#include <limits>
#include <opencv2/core.hpp>
#include <vector>

#include "../Guard.hpp"
#include "CVSSilhouette.h"

namespace cvs {

/// One point of an outline in pixels of the full size; `cut` where the outline is the picture's border.
struct OutlinePoint {
    float x, y;
    bool cut;
};

/// A closed line, the object to its left.
using Outline = std::vector<OutlinePoint>;

/// A signed distance in pixels of the full size, inside positive, and its slope a pixel.
struct Depth {
    double value = 0, dx = 0, dy = 0;
    /// False beyond a border that cuts the object: it may or may not be there.
    bool known = true;
};

}  // namespace cvs

struct CVSSilhouette {
    int width = 0, height = 0;
    double area = 0, cutShare = 0;
    /// Longest first; no holes.
    std::vector<cvs::Outline> outlines;
    /// CV_32F: the signed distance to the outline that is no border, in pixels of the full size. The sample (i, j) is
    /// at the full size's ((i + 0.5) * stepX - 0.5, (j + 0.5) * stepY - 0.5).
    cv::Mat field;
    double stepX = 1, stepY = 1;
    /// For every pixel of the top, right, bottom and left border how many pixels along it the object's cut is away.
    std::array<std::vector<float>, 4> cutAway;

    /// The field at a place in pixels of the full size, bilinear. Beyond the picture the field goes on from the border
    /// by the distance to it, and is unknown where a cut is no farther than the picture.
    cvs::Depth at(double x, double y) const;
    /// The value of `at` alone, for searches.
    double valueAt(double x, double y, bool &known) const {
        if (!(x >= 0 && y >= 0 && x <= width - 1 && y <= height - 1)) {
            const cvs::Depth depth = at(x, y);
            known = depth.known;
            return depth.value;
        }
        known = true;
        const double u = std::clamp((x + 0.5) / stepX - 0.5, 0.0, double(field.cols - 1));
        const double v = std::clamp((y + 0.5) / stepY - 0.5, 0.0, double(field.rows - 1));
        const int column = std::min(int(u), field.cols - 2), row = std::min(int(v), field.rows - 2);
        const double a = u - column, b = v - row;
        const float *upper = field.ptr<float>(row) + column, *lower = field.ptr<float>(row + 1) + column;
        const double high = upper[0] + a * (upper[1] - upper[0]), low = lower[0] + a * (lower[1] - lower[0]);
        return high + b * (low - high);
    }
    bool touchesCut(double x, double y) const;
};

namespace cvs {

/// The lines of an alpha that count as the object's outline.
std::vector<Outline> outlinesOf(const CVSImage &alpha, CVSCancel cancel);

/// The signed distance to the outlines' uncut parts on a grid of `columns` x `rows` over the picture.
cv::Mat signedDistance(const std::vector<Outline> &outlines, int width, int height, int columns, int rows,
                       CVSCancel cancel);

}  // namespace cvs
