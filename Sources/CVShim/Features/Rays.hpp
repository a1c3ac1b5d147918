#pragma once
#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "CVSCamera.h"

namespace cvs {

/// Where a pixel's ray meets the plane z = 1 of its camera; the distortion is taken out by fixed-point iteration.
inline cv::Point2d flat(const CVSCamera &camera, cv::Point2d pixel) {
    const cv::Point2d bent((pixel.x - camera.principal[0]) / camera.focal,
                           (pixel.y - camera.principal[1]) / camera.focal);
    if (camera.k1 == 0 && camera.k2 == 0) return bent;
    cv::Point2d at = bent;
    for (int i = 0; i < 50; ++i) {
        const double square = at.dot(at);
        const cv::Point2d next = bent / (1 + square * (camera.k1 + square * camera.k2));
        const cv::Point2d step = next - at;
        at = next;
        if (step.dot(step) < 1e-24) break;
    }
    return at;
}

/// How far along two rays they come nearest to each other, and the angle between them.
struct Depths {
    double first, second, angle;
};

/// Second camera from first: x2 = R x1 + t.
inline Depths depthsOf(const cv::Matx33d &rotation, const cv::Vec3d &translation, cv::Point2d a, cv::Point2d b) {
    const cv::Vec3d one = rotation * cv::Vec3d(a.x, a.y, 1), two(b.x, b.y, 1);
    // one * first + t = two * second, in the least squares sense.
    const double oneOne = one.dot(one), twoTwo = two.dot(two), oneTwo = one.dot(two);
    const double determinant = oneOne * twoTwo - oneTwo * oneTwo;
    if (determinant <= 1e-15 * oneOne * twoTwo) return {-1, -1, 0};
    const double p = -one.dot(translation), q = two.dot(translation);
    return {(p * twoTwo + q * oneTwo) / determinant, (q * oneOne + p * oneTwo) / determinant,
            std::acos(std::clamp(oneTwo / std::sqrt(oneOne * twoTwo), -1.0, 1.0))};
}

}  // namespace cvs
