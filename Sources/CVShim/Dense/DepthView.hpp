#pragma once
#include <opencv2/core.hpp>
#include <vector>

#include "../Mesh/Camera.hpp"
#include "CVSBase.h"

namespace cvs {

/// A plane in a camera's axes, seen at 1 / depth = a u + b v + c with (u, v, 1) the direction of a pixel; so the plane
/// of all X with (a, b, c) X = 1.
using Plane = cv::Vec3f;

/// One photo, made small and free of distortion, and what is known of its depths.
struct DepthView {
    /// Of the small picture, without distortion.
    CVSCamera camera;
    /// CV_8UC3, R first.
    cv::Mat colour;
    /// CV_32F: the picture in grey, each level half as large as the one before.
    std::vector<cv::Mat> greys;
    /// Views to compare with, the best first.
    std::vector<int> sources;
    /// The range that depths are looked for in.
    float nearest = 0, farthest = 0;
    /// Where points that are known beforehand are seen, and how deep.
    std::vector<Seen> points;
    /// CV_32FC3 and CV_32F at the size of the level that was done last: a plane and its cost for each pixel.
    cv::Mat planes, costs;
    /// CV_32F at full size: 0 where the depth is not to be trusted, else up to 1.
    cv::Mat confidence;

    /// The camera of a level's pictures.
    CVSCamera at(size_t level) const { return scaled(camera, greys[level].cols, greys[level].rows); }
};

inline cv::Vec3f rayOf(const CVSCamera &camera, double x, double y) {
    return {float((x - camera.principal[0]) / camera.focal), float((y - camera.principal[1]) / camera.focal), 1.0f};
}

/// The photo at a size of at most `pixels`, as a camera without distortion would have taken it.
DepthView preparedView(const CVSCamera &camera, const cv::Mat &photo, int pixels, int levels, CVSCancel cancel);

/// Where a camera's points are in another camera's axes.
struct Change {
    cv::Matx33f turn;
    cv::Vec3f shift;

    Change(const CVSCamera &from, const CVSCamera &to);
};

}  // namespace cvs
