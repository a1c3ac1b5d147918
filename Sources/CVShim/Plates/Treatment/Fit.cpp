#include "Fit.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace cvs {
namespace {

/// Corners farther away than this are no places of a photo.
constexpr double farthest = 1e6;
/// What is thinner is covered as if it were this thick.
constexpr double thinnest = 2;

std::vector<cv::Point2f> checked(const double corners[8]) {
    std::vector<cv::Point2f> points;
    for (int i = 0; i < 4; ++i) {
        const double x = corners[2 * i], y = corners[2 * i + 1];
        if (!(std::abs(x) <= farthest && std::abs(y) <= farthest))
            throw Error{CVSStatusBadArgument, "a plate's corner is no place of a photo"};
        points.emplace_back(float(x), float(y));
    }
    return points;
}

double cross(cv::Point2f a, cv::Point2f b, cv::Point2f c) {
    return double(b.x - a.x) * (c.y - a.y) - double(b.y - a.y) * (c.x - a.x);
}

/// The corners in their order when they make a convex quadrangle, else those of the smallest rectangle round them.
std::vector<cv::Point2f> quadrangle(const std::vector<cv::Point2f> &points) {
    double least = INFINITY, most = -INFINITY;
    for (int i = 0; i < 4; ++i) {
        const double turn = cross(points[i], points[(i + 1) % 4], points[(i + 2) % 4]);
        least = std::min(least, turn);
        most = std::max(most, turn);
    }
    if (least > 1 || most < -1) return points;
    cv::RotatedRect box = cv::minAreaRect(points);
    box.size.width = std::max(box.size.width, float(thinnest));
    box.size.height = std::max(box.size.height, float(thinnest));
    cv::Point2f corners[4];
    box.points(corners);
    return {corners[1], corners[2], corners[3], corners[0]};
}

double length(cv::Point2f a, cv::Point2f b) { return std::hypot(double(b.x) - a.x, double(b.y) - a.y); }

}  // namespace

Fit::Fit(const double corners[8], cv::Size photo) : photo(photo) {
    const std::vector<cv::Point2f> given = checked(corners), quad = quadrangle(given);
    std::vector<cv::Point2f> hull, all = quad;
    all.insert(all.end(), given.begin(), given.end());
    cv::convexHull(all, hull, true);
    for (size_t i = 0; i < hull.size(); ++i) {
        const cv::Point2f a = hull[i], b = hull[(i + 1) % hull.size()];
        const double side = length(a, b);
        if (side < 1e-3) continue;
        edges.push_back({a, (double(b.y) - a.y) / side, (double(a.x) - b.x) / side, side});
    }
    // The hull's turn may be either: its middle lies inside of every edge.
    cv::Point2d middle(0, 0);
    for (const cv::Point2f &point : hull) middle += cv::Point2d(point) / double(hull.size());
    for (Edge &edge : edges)
        if (edge.above(middle.x, middle.y) > 0) edge.turn();
    measure(quad);
    const std::vector<cv::Point2f> square = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
    const cv::Mat map = cv::getPerspectiveTransform(quad, square);
    std::copy(map.ptr<double>(), map.ptr<double>() + 9, toPlate.begin());
    double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
    for (const cv::Point2f &point : hull) {
        left = std::min(left, double(point.x));
        right = std::max(right, double(point.x));
        top = std::min(top, double(point.y));
        bottom = std::max(bottom, double(point.y));
    }
    bounds = cv::Rect2d(left, top, right - left, bottom - top);
}

/// Width, height and what follows from them.
void Fit::measure(const std::vector<cv::Point2f> &quad) {
    const double width = (length(quad[0], quad[1]) + length(quad[3], quad[2])) / 2;
    height_ = std::max(thinnest, (length(quad[0], quad[3]) + length(quad[1], quad[2])) / 2);
    aspect_ = std::clamp(width / height_, 0.2, 20.0);
    margin_ = 1 + 0.08 * std::min(height_, width);
}

double Fit::distance(double x, double y) const {
    double inside = -INFINITY, outside = INFINITY;
    for (const Edge &edge : edges) {
        const double above = edge.above(x, y), along = std::clamp(edge.along(x, y), 0.0, edge.length);
        inside = std::max(inside, above);
        outside = std::min(outside,
                           std::hypot(x - edge.start.x - edge.wayX() * along, y - edge.start.y - edge.wayY() * along));
    }
    return inside <= 0 ? inside : outside;
}

cv::Point2d Fit::place(double x, double y) const {
    const double w = toPlate[6] * x + toPlate[7] * y + toPlate[8];
    if (std::abs(w) < 1e-12) return {0.5, 0.5};
    return {(toPlate[0] * x + toPlate[1] * y + toPlate[2]) / w, (toPlate[3] * x + toPlate[4] * y + toPlate[5]) / w};
}

cv::Rect Fit::reach(double ramp) const {
    const double far = margin_ + ramp + 1;
    const int left = int(std::floor(std::clamp(bounds.x - far, 0.0, double(photo.width))));
    const int top = int(std::floor(std::clamp(bounds.y - far, 0.0, double(photo.height))));
    const int right = int(std::ceil(std::clamp(bounds.x + bounds.width + far + 1, 0.0, double(photo.width))));
    const int bottom = int(std::ceil(std::clamp(bounds.y + bounds.height + far + 1, 0.0, double(photo.height))));
    return cv::Rect(left, top, std::max(0, right - left), std::max(0, bottom - top));
}

}  // namespace cvs
