#include "Packing.hpp"

#include <algorithm>
#include <numeric>

namespace {

/// A stretch of the skyline.
struct Step {
    int x, y, width;
};

/// How far down a rectangle comes when its left side stands at the beginning of a step; -1 when it does not fit.
int restsAt(const std::vector<Step> &line, size_t first, int width, int side) {
    if (line[first].x + width > side) return -1;
    int y = 0;
    for (size_t i = first; width > 0; ++i) {
        y = std::max(y, line[i].y);
        width -= line[i].width;
    }
    return y;
}

void raise(std::vector<Step> &line, size_t first, int x, int top, int width) {
    int left = width;
    size_t last = first;
    while (last < line.size() && left >= line[last].width) left -= line[last++].width;
    if (left > 0) {
        line[last].x += left;
        line[last].width -= left;
    }
    line.erase(line.begin() + long(first), line.begin() + long(last));
    line.insert(line.begin() + long(first), {x, top, width});
}

}  // namespace

bool cvs::packed(std::vector<Rectangle> &rectangles, int side) {
    std::vector<size_t> order(rectangles.size());
    std::iota(order.begin(), order.end(), size_t(0));
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        return rectangles[a].height != rectangles[b].height ? rectangles[a].height > rectangles[b].height : a < b;
    });
    std::vector<Step> line{{0, 0, side}};
    for (const size_t index : order) {
        Rectangle &rectangle = rectangles[index];
        size_t best = line.size();
        int lowest = side + 1;
        for (size_t i = 0; i < line.size(); ++i) {
            const int y = restsAt(line, i, rectangle.width, side);
            if (y < 0 || y + rectangle.height > side || y >= lowest) continue;
            lowest = y;
            best = i;
        }
        if (best == line.size()) return false;
        rectangle.x = line[best].x;
        rectangle.y = lowest;
        raise(line, best, rectangle.x, lowest + rectangle.height, rectangle.width);
    }
    return true;
}
