#pragma once
#include <array>
#include <vector>

#include "../../Guard.hpp"
#include "CVSCover.h"

namespace cvs {

/// Where a plate lies in a photo, and how far each pixel is from it.
class Fit {
public:
    /// - Throws: Error for corners that are no numbers.
    Fit(const double corners[8], cv::Size photo);

    /// Pixels outside of the plate's hull; negative inside.
    double distance(double x, double y) const;
    /// The place on the plate: 0...1 from left to right and from top to bottom inside it.
    cv::Point2d place(double x, double y) const;

    /// How far the cover reaches beyond the plate at least.
    double margin() const { return margin_; }
    /// All pixels that a cover whose edge is `ramp` pixels wide can reach, inside the photo.
    cv::Rect reach(double ramp) const;
    /// Width over height as it looks, and height in pixels.
    double aspect() const { return aspect_; }
    double height() const { return height_; }

private:
    /// From `start`, with the outward normal (x, y).
    struct Edge {
        cv::Point2d start;
        double x, y, length;
        /// The hull lies left of it or right of it.
        double side = 1;
        double above(double px, double py) const { return x * (px - start.x) + y * (py - start.y); }
        double wayX() const { return -y * side; }
        double wayY() const { return x * side; }
        double along(double px, double py) const { return wayX() * (px - start.x) + wayY() * (py - start.y); }
        void turn() { x = -x, y = -y, side = -side; }
    };
    std::vector<Edge> edges;
    std::array<double, 9> toPlate;
    cv::Rect2d bounds;
    cv::Size photo;
    double margin_, aspect_, height_;

    void measure(const std::vector<cv::Point2f> &corners);
};

}  // namespace cvs
