#include <algorithm>
#include <unordered_map>
#include <vector>

#include "../Guard.hpp"
#include "CVSContour.h"

namespace {

constexpr float level = 127.5f;

struct Line {
    std::vector<CVSContourPoint> points;
    double area;
};

/// A picture's alpha, 0 beyond it.
struct Field {
    const cv::Mat &alpha;
    float at(int x, int y) const {
        const bool outside = x < 0 || y < 0 || x >= alpha.cols || y >= alpha.rows;
        return outside ? 0.0f : float(alpha.at<uint8_t>(y, x));
    }
};

/// Sides of the square between four pixels, clockwise from the top.
enum Side { top, right, bottom, left };
struct Step {
    Side from, to;
};

/// How the line runs through a square, the object to its left, by which corners are inside: 1 top left, 2 top right,
/// 4 bottom right, 8 bottom left. Squares 5 and 10 are decided by their middle.
constexpr Step single[16] = {{top, top},      {left, top},   {top, right},  {left, right},
                             {right, bottom}, {top, top},    {top, bottom}, {left, bottom},
                             {bottom, left},  {bottom, top}, {top, top},    {bottom, right},
                             {right, left},   {right, top},  {top, left},   {top, top}};

/// The lines' steps by the side that they come from; every side is crossed once at most.
class Tracer {
public:
    explicit Tracer(const cv::Mat &alpha) : field{alpha}, wide(alpha.cols + 1) {}

    void collect(CVSCancel cancel) {
        for (int y = -1; y < field.alpha.rows; ++y) {
            if (y % 64 == 0) cvs::stopIfCancelled(cancel);
            for (int x = -1; x < wide - 1; ++x) square(x, y);
        }
    }

    std::vector<Line> lines(double leastArea) {
        std::vector<Line> found;
        for (const uint64_t start : order) {
            if (next.find(start) == next.end()) continue;
            Line line{{}, 0};
            for (uint64_t side = start;;) {
                const auto step = next.find(side);
                if (step == next.end()) break;
                line.points.push_back(place(side));
                side = step->second;
                next.erase(step);
            }
            line.area = area(line.points);
            if (std::abs(line.area) >= leastArea) found.push_back(std::move(line));
        }
        std::sort(found.begin(), found.end(), [](const Line &a, const Line &b) {
            const CVSContourPoint &p = a.points.front(), &q = b.points.front();
            return a.points.size() != b.points.size() ? a.points.size() > b.points.size()
                                                      : std::pair(p.y, p.x) < std::pair(q.y, q.x);
        });
        return found;
    }

private:
    Field field;
    int wide;
    std::unordered_map<uint64_t, uint64_t> next;
    std::vector<uint64_t> order;

    void square(int x, int y) {
        const float a = field.at(x, y), b = field.at(x + 1, y), c = field.at(x + 1, y + 1), d = field.at(x, y + 1);
        const int kind = (a > level) | (b > level) << 1 | (c > level) << 2 | (d > level) << 3;
        if (kind == 0 || kind == 15) return;
        if (kind != 5 && kind != 10) return join(x, y, single[kind]);
        const bool joined = (a + b + c + d) / 4 > level;
        if (kind == 5) {
            join(x, y, joined ? Step{right, top} : Step{left, top});
            join(x, y, joined ? Step{left, bottom} : Step{right, bottom});
        } else {
            join(x, y, joined ? Step{top, left} : Step{top, right});
            join(x, y, joined ? Step{bottom, right} : Step{bottom, left});
        }
    }

    /// A side's number: twice its upper or left pixel's, and one more when it runs down.
    uint64_t number(int x, int y, Side side) const {
        const int column = x + 1 + (side == right), row = y + 1 + (side == bottom);
        const uint64_t pixel = uint64_t(row) * uint64_t(wide + 1) + uint64_t(column);
        return 2 * pixel + (side == left || side == right);
    }

    void join(int x, int y, Step step) {
        const uint64_t from = number(x, y, step.from);
        next.emplace(from, number(x, y, step.to));
        order.push_back(from);
    }

    CVSContourPoint place(uint64_t side) const {
        const uint64_t pixel = side / 2;
        const int x = int(pixel % uint64_t(wide + 1)) - 1, y = int(pixel / uint64_t(wide + 1)) - 1;
        const bool down = side % 2;
        const int otherX = x + !down, otherY = y + down;
        const float here = field.at(x, y), there = field.at(otherX, otherY);
        const bool cut = x < 0 || y < 0 || otherX >= field.alpha.cols || otherY >= field.alpha.rows;
        const float share = cut ? 0.5f : (level - here) / (there - here);
        return {float(x) + (down ? 0 : share), float(y) + (down ? share : 0), cut};
    }

    static double area(const std::vector<CVSContourPoint> &points) {
        double sum = 0;
        for (size_t i = 0; i < points.size(); ++i) {
            const CVSContourPoint &p = points[i], &q = points[(i + 1) % points.size()];
            sum += double(q.x) * p.y - double(p.x) * q.y;
        }
        return sum / 2;
    }
};

}  // namespace

struct CVSContours {
    std::vector<Line> lines;
};

extern "C" CVS_EXPORT CVSStatus cvs_contours_trace(const CVSImage *alpha, double least_area, CVSCancel cancel,
                                                   CVSContours **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (alpha->mat.channels() != 1) throw cvs::Error{CVSStatusBadArgument, "an alpha has 1 channel"};
        Tracer tracer(alpha->mat);
        tracer.collect(cancel);
        *out = new CVSContours{tracer.lines(least_area)};
    });
}

extern "C" CVS_EXPORT void cvs_contours_destroy(CVSContours *contours) noexcept { delete contours; }

extern "C" CVS_EXPORT int32_t cvs_contours_count(const CVSContours *contours) noexcept {
    return int32_t(contours->lines.size());
}

extern "C" CVS_EXPORT const CVSContourPoint *cvs_contours_line(const CVSContours *contours, int32_t index,
                                                               int32_t *count, double *area) noexcept {
    const Line &line = contours->lines[size_t(index)];
    *count = int32_t(line.points.size());
    *area = line.area;
    return line.points.data();
}
