#pragma once
#include <array>

#include "Fit.hpp"

namespace cvs {

using Tint = std::array<float, 3>;

/// All that a cover may know of the plate below it: a few colours in coarse steps, how sharp the photo is there, and
/// how much grain it has.
class Light {
public:
    static constexpr int columns = 4, rows = 2;
    /// Lights are known in steps of this size, which is about what means over two letters differ by; and one hue.
    static constexpr float step = 16;

    Light(const cv::Mat &photo, const Fit &fit, CVSCancel cancel);

    /// The mean colour at a place of the plate, run into its neighbours.
    Tint mean(double u, double v) const { return at(means, u, v); }
    /// The same of the plate's own surface, between its letters.
    Tint surface(double u, double v) const { return at(surfaces, u, v); }
    /// The surface's colour where it is lightest.
    Tint white() const;

    /// Standard deviation of the photo's blur there, in pixels.
    float blur() const { return blur_; }
    /// Standard deviation of its grain, in steps of 8 bit.
    float grain() const { return grain_; }

private:
    using Cells = std::array<Tint, columns * rows>;
    Cells means{}, surfaces{};
    float blur_ = 0.6f, grain_ = 0;

    static Tint at(const Cells &cells, double u, double v);
    void measureColours(const cv::Mat &photo, const Fit &fit, CVSCancel cancel);
    void measureEdges(const cv::Mat &photo, const Fit &fit, CVSCancel cancel);
};

inline float luma(const uint8_t *pixel) { return 0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2]; }

}  // namespace cvs
