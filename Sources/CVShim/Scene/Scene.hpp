#pragma once
#include <opencv2/core.hpp>
#include <vector>

#include "../Guard.hpp"
#include "CVSScene.h"

namespace cvs {

/// sRGB 0...1 to linear light and back (IEC 61966-2-1).
float linear(float srgb);
float encoded(float light);

/// Even noise in 0...1 from the place alone (PCG hash, Jarzynski and Olano 2020).
float noise(uint32_t x, uint32_t y, uint32_t channel);

/// The unevenness of wall and floor: what the light is multiplied by.
class Grain {
    const CVSBackdrop &backdrop;
    cv::Size canvas;
    std::vector<float> factor, points;

    float lattice(float x, float y, uint32_t layer) const;

public:
    Grain(const CVSBackdrop &backdrop, cv::Size canvas);
    /// What is larger than some pixels, at a place in fractions of the canvas.
    float coarse(float x, float y) const;
    /// The finest grain, a row at a time.
    void row(int y);
    float at(int x) const { return factor[size_t(x)]; }
};

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

/// Premultiplied CV_32FC4 (0...255) of the placed object on a canvas; values inside follow white balance and tone.
cv::Mat place(const cv::Mat &rgba, const CVSPlacement &placement, cv::Size canvas, CVSCancel cancel);

/// Premultiplied CV_32FC4 by 2 x 2 means, with transparency beyond the border.
cv::Mat halved(const cv::Mat &pixels, CVSCancel cancel);

/// Where the picture that an object was cut from ends on the canvas, on the sides where that end cuts the object.
struct Crop {
    float left, right, bottom;
    bool left_cut, right_cut, bottom_cut;
};
Crop crop_of(const cv::Mat &rgba, const CVSPlacement &placement);

/// Where the body stands on the floor, column by column, as far as the silhouette tells.
struct Footing {
    int left = 0;
    /// Row of the floor under the visible edge of the object.
    std::vector<float> row;
    /// Row down to which the floor is dark under it: nearer to the object than `row` where that hangs.
    std::vector<float> dark;
    /// How much the object touches the floor there, 0...1: rubber does, a sill or bumper hangs above.
    std::vector<float> touch;
    /// Height of the body on the canvas, the unit of every length here.
    float height = 0;
};

/// The footing of an object whose alpha (CV_32F, 0...255) is already placed; empty when there is too little of it.
Footing footing(const cv::Mat &alpha, const Crop &crop);

/// Density 0...1 (CV_32F) of contact and soft shadow.
cv::Mat shadow_density(const Footing &footing, const CVSFloor &floor, const Crop &crop, cv::Size canvas,
                       CVSCancel cancel);

/// Premultiplied CV_32FC4 (0...255) of the object's mirror image in the floor, faded and blurred; alpha 255 mirrors
/// all.
cv::Mat mirrored(const cv::Mat &object, const Footing &footing, const CVSFloor &floor, const Crop &crop,
                 CVSCancel cancel);

}  // namespace cvs
