#pragma once
#include <array>

#include "DepthView.hpp"

namespace cvs {

/// A view that a reference view is compared with.
struct Comparison {
    Change change, back;
    /// CV_32F.
    cv::Mat grey;
    /// Of the picture's level: focal length and principal point.
    float focal, x, y;
    /// CV_32FC3: the planes found there so far, of the same level; empty where there are none.
    cv::Mat planes;
};

/// Compares pictures by plane hypotheses: weighted normalised cross-correlation in windows that a plane warps, nearer
/// and more alike pixels weighing more (Yoon, Kweon 2006; Bleyer, Rhemann, Rother 2011).
class Matching {
public:
    /// `agrees` adds how far the other views' depths contradict (Schönberger, Zheng, Pollefeys, Frahm 2016).
    Matching(const DepthView &view, const std::vector<DepthView> &all, size_t level, bool agrees);

    /// Looks at the window round a pixel; the costs that follow are there.
    void moveTo(int x, int y);
    /// 0 for a perfect match; costs of sources are sorted, for what is hidden in some is seen in others.
    float cost(const Plane &plane) const;
    /// The direction of the pixel.
    cv::Vec3f ray;

    static constexpr float worst = 1.3f;

private:
    static constexpr int radius = 4, step = 2, side = 2 * radius / step + 1, count = side * side;

    cv::Mat grey;
    float focal, principalX, principalY;
    bool agrees;
    std::vector<Comparison> others;
    std::array<float, 256> alike;
    std::array<float, count> near;
    // Of the window: weights that add up to 1, values less their mean, and the variance.
    std::array<float, count> weights, values;
    float variance = 0;
    int atX = 0, atY = 0;

    float cost(const Plane &plane, const Comparison &other) const;
    /// How many pixels away from this one the other view's depth at a place leads back to, as a cost.
    float contradiction(const Comparison &other, float x, float y) const;
};

}  // namespace cvs
