// Signed distances to outlines that lie between pixels: nearest points handed on from neighbour to neighbour
// (Danielsson 1980), then the distance to the line beside the nearest point.
#include <algorithm>
#include <cmath>

#include "Silhouette.hpp"

namespace {

struct Place {
    float x, y;
};

/// The uncut points of all outlines with their neighbours along the line (-1: none), in samples of the grid.
struct Points {
    std::vector<Place> places;
    std::vector<int> before, after;
};

Points uncutPoints(const std::vector<cvs::Outline> &outlines, double stepX, double stepY) {
    Points points;
    for (const cvs::Outline &line : outlines) {
        const int count = int(line.size());
        std::vector<int> number(line.size(), -1);
        for (int i = 0; i < count; ++i) {
            if (line[size_t(i)].cut) continue;
            number[size_t(i)] = int(points.places.size());
            points.places.push_back(
                {float((line[size_t(i)].x + 0.5) / stepX - 0.5), float((line[size_t(i)].y + 0.5) / stepY - 0.5)});
        }
        for (int i = 0; i < count; ++i) {
            if (number[size_t(i)] < 0) continue;
            points.before.push_back(number[size_t((i + count - 1) % count)]);
            points.after.push_back(number[size_t((i + 1) % count)]);
        }
    }
    return points;
}

/// The grid of nearest points, swept from corner to corner.
class Nearest {
public:
    Nearest(const Points &points, int columns, int rows, float ratio)
        : points(points), columns(columns), rows(rows), ratio(ratio), owner(rows, columns, CV_32S, cv::Scalar(-1)) {}

    const cv::Mat &sweep(CVSCancel cancel) {
        seed();
        for (int pass = 0; pass < 2; ++pass) {
            for (int y = 0; y < rows; ++y) {
                if (y % 64 == 0) cvs::stopIfCancelled(cancel);
                for (int x = 0; x < columns; ++x) take(x, y, {{-1, 0}, {-1, -1}, {0, -1}, {1, -1}});
                for (int x = columns - 1; x >= 0; --x) take(x, y, {{1, 0}});
            }
            for (int y = rows - 1; y >= 0; --y) {
                if (y % 64 == 0) cvs::stopIfCancelled(cancel);
                for (int x = columns - 1; x >= 0; --x) take(x, y, {{1, 0}, {1, 1}, {0, 1}, {-1, 1}});
                for (int x = 0; x < columns; ++x) take(x, y, {{-1, 0}});
            }
        }
        return owner;
    }

    float squared(int x, int y, int point) const {
        const Place &place = points.places[size_t(point)];
        const float dx = float(x) - place.x, dy = (float(y) - place.y) * ratio;
        return dx * dx + dy * dy;
    }

private:
    const Points &points;
    int columns, rows;
    float ratio;
    cv::Mat owner;

    void offer(int x, int y, int point) {
        if (x < 0 || y < 0 || x >= columns || y >= rows) return;
        int &own = owner.at<int>(y, x);
        if (own < 0 || squared(x, y, point) < squared(x, y, own)) own = point;
    }

    void seed() {
        for (size_t i = 0; i < points.places.size(); ++i) {
            const int x = int(std::floor(points.places[i].x)), y = int(std::floor(points.places[i].y));
            for (int corner = 0; corner < 4; ++corner)
                offer(std::clamp(x + corner % 2, 0, columns - 1), std::clamp(y + corner / 2, 0, rows - 1), int(i));
        }
    }

    void take(int x, int y, std::initializer_list<std::array<int, 2>> neighbours) {
        for (const auto &[dx, dy] : neighbours) {
            const int nx = x + dx, ny = y + dy;
            if (nx < 0 || ny < 0 || nx >= columns || ny >= rows) continue;
            const int point = owner.at<int>(ny, nx);
            if (point >= 0) offer(x, y, point);
        }
    }
};

double toSegment(double px, double py, Place a, Place b, double stepX, double stepY) {
    const double ax = (px - a.x) * stepX, ay = (py - a.y) * stepY;
    const double bx = double(b.x - a.x) * stepX, by = double(b.y - a.y) * stepY;
    const double length = bx * bx + by * by;
    const double share = length > 0 ? std::clamp((ax * bx + ay * by) / length, 0.0, 1.0) : 0;
    return std::hypot(ax - share * bx, ay - share * by);
}

/// Where a row of samples lies inside of the outlines: they are turned round once more than not (nonzero rule).
std::vector<uint8_t> insideRow(const std::vector<std::pair<float, int>> &crossings, int columns) {
    std::vector<uint8_t> inside(size_t(columns), 0);
    size_t next = 0;
    int turns = 0;
    for (int x = 0; x < columns; ++x) {
        while (next < crossings.size() && crossings[next].first <= float(x)) turns += crossings[next++].second;
        inside[size_t(x)] = turns != 0;
    }
    return inside;
}

/// For every row of samples where lines cross it and which way, in samples, left to right.
std::vector<std::vector<std::pair<float, int>>> crossingsOf(const std::vector<cvs::Outline> &outlines, int rows,
                                                            double stepX, double stepY) {
    std::vector<std::vector<std::pair<float, int>>> crossings{size_t(rows)};
    for (const cvs::Outline &line : outlines) {
        for (size_t i = 0; i < line.size(); ++i) {
            const cvs::OutlinePoint &p = line[i], &q = line[(i + 1) % line.size()];
            const double px = (p.x + 0.5) / stepX - 0.5, py = (p.y + 0.5) / stepY - 0.5;
            const double qx = (q.x + 0.5) / stepX - 0.5, qy = (q.y + 0.5) / stepY - 0.5;
            const int first = int(std::ceil(std::min(py, qy))), last = int(std::ceil(std::max(py, qy))) - 1;
            for (int y = std::max(first, 0); y <= std::min(last, rows - 1); ++y)
                crossings[size_t(y)].push_back({float(px + (y - py) / (qy - py) * (qx - px)), qy > py ? 1 : -1});
        }
    }
    for (auto &row : crossings) std::sort(row.begin(), row.end());
    return crossings;
}

}  // namespace

cv::Mat cvs::signedDistance(const std::vector<Outline> &outlines, int width, int height, int columns, int rows,
                            CVSCancel cancel) {
    const double stepX = double(width) / columns, stepY = double(height) / rows;
    const Points points = uncutPoints(outlines, stepX, stepY);
    Nearest nearest(points, columns, rows, float(stepY / stepX));
    const cv::Mat &owner = nearest.sweep(cancel);
    const auto crossings = crossingsOf(outlines, rows, stepX, stepY);
    const float farthest = float(width + height);
    cv::Mat field(rows, columns, CV_32F);
    for (int y = 0; y < rows; ++y) {
        if (y % 64 == 0) stopIfCancelled(cancel);
        const std::vector<uint8_t> inside = insideRow(crossings[size_t(y)], columns);
        for (int x = 0; x < columns; ++x) {
            const int point = owner.at<int>(y, x);
            double distance = farthest;
            if (point >= 0) {
                const Place here = points.places[size_t(point)];
                distance = std::hypot((x - here.x) * stepX, (y - here.y) * stepY);
                for (const int other : {points.before[size_t(point)], points.after[size_t(point)]})
                    if (other >= 0)
                        distance =
                            std::min(distance, toSegment(x, y, here, points.places[size_t(other)], stepX, stepY));
            }
            field.at<float>(y, x) = float(inside[size_t(x)] ? distance : -distance);
        }
    }
    return field;
}
