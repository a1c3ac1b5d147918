#pragma once
#include <vector>

namespace cvs {

struct Rectangle {
    int width, height;
    /// Where its top left corner was put.
    int x = 0, y = 0;
};

/// Puts rectangles into a square without overlap, the highest first, each as far up as it goes on the skyline of those
/// before it (Jylänki 2010, bottom-left). False when they do not fit.
bool packed(std::vector<Rectangle> &rectangles, int side);

}  // namespace cvs
