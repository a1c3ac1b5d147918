#pragma once
#include <opencv2/core.hpp>
#include <vector>

#include "../Guard.hpp"
#include "CVSScene.h"

namespace cvs {

/// sRGB 0...1 to linear light and back (IEC 61966-2-1).
float linear(float srgb);
float encoded(float light);

/// The lower outline of a silhouette, column by column.
struct LowerOutline {
    /// First column, and for each column from there the lowest row of the object; -1 where there is none.
    int left = 0;
    std::vector<int> row;
    /// Vertices of the lower convex hull, left to right.
    std::vector<cv::Point> hull;

    int right() const { return left + int(row.size()) - 1; }
};

/// Outline of `mask` (CV_8U, 0 is outside) within `box`; spikes narrower than `spike` columns don't count.
LowerOutline lower_outline(const cv::Mat &mask, const cv::Rect &box, int spike);

/// The hull's longest edge that is not steeper than 40 degrees: two contacts with the ground.
std::pair<cv::Point, cv::Point> contact_edge(const LowerOutline &outline);

/// First row of `box` where the mask is at least an eighth as wide as the box.
int body_top(const cv::Mat &mask, const cv::Rect &box);

/// Premultiplied CV_32FC4 (0...255) of the placed object on a canvas; values inside follow the tone curve.
cv::Mat place(const cv::Mat &rgba, const CVSPlacement &placement, cv::Size canvas, CVSCancel cancel);

/// Density 0...1 (CV_32F) of contact and soft shadow of an object whose alpha (CV_32F, 0...255) is already placed.
cv::Mat shadow_density(const cv::Mat &alpha, const CVSShadow &shadow, CVSCancel cancel);

}  // namespace cvs
