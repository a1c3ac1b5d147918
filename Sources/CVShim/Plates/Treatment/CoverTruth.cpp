#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "../../Guard.hpp"
#include "CVSCover.h"

namespace {

/// All that a cover may touch: its plate's hull, and as far round it as margin and edge reach.
struct Reach {
    std::vector<cv::Point2f> hull;
    double far;
    cv::Rect2d bounds;

    explicit Reach(const double corners[8]) {
        std::vector<cv::Point2f> points;
        for (int i = 0; i < 4; ++i) points.emplace_back(float(corners[2 * i]), float(corners[2 * i + 1]));
        const cv::RotatedRect box = cv::minAreaRect(points);
        // What has no shape is covered as its smallest rectangle, two pixels thick at least.
        const double least = std::min(box.size.width, box.size.height);
        cv::convexHull(points, hull);
        if (least < 2 || hull.size() < 4) {
            cv::RotatedRect thick = box;
            thick.size.width = std::max(thick.size.width, 2.f);
            thick.size.height = std::max(thick.size.height, 2.f);
            cv::Point2f round[4];
            thick.points(round);
            points.insert(points.end(), round, round + 4);
            cv::convexHull(points, hull);
        }
        // Sides can't be longer than the hull is round; 8 % of the longest, and the edge's ramp on top of it.
        double longest = 0;
        for (int i = 0; i < 4; ++i) {
            const cv::Point2f a = points[size_t(i)], b = points[size_t((i + 1) % 4)];
            longest = std::max(longest, std::hypot(double(a.x) - b.x, double(a.y) - b.y));
        }
        const double height = std::min(longest, std::max(2.0, (side(corners, 0, 3) + side(corners, 1, 2)) / 2));
        const double margin = 1 + 0.08 * std::max(height, least);
        far = 2 * margin + 0.51;
        float left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
        for (const cv::Point2f &point : hull) {
            left = std::min(left, point.x);
            right = std::max(right, point.x);
            top = std::min(top, point.y);
            bottom = std::max(bottom, point.y);
        }
        bounds = cv::Rect2d(left - far, top - far, right - left + 2 * far, bottom - top + 2 * far);
    }

    static double side(const double corners[8], int a, int b) {
        return std::hypot(corners[2 * a] - corners[2 * b], corners[2 * a + 1] - corners[2 * b + 1]);
    }

    bool holds(int x, int y) const {
        if (x < bounds.x || y < bounds.y || x > bounds.x + bounds.width || y > bounds.y + bounds.height) return false;
        return cv::pointPolygonTest(hull, cv::Point2f(float(x), float(y)), true) >= -far;
    }
};

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_truth_covers(const CVSImage *photo, const CVSImage *covered, const CVSCover *covers,
                                                 int32_t count, CVSCancel cancel, CVSCoverTruth *out,
                                                 CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        const cv::Mat &from = photo->mat, &to = covered->mat;
        if (from.channels() != 3 || from.type() != to.type() || from.size() != to.size() || count < 0)
            throw cvs::Error{CVSStatusBadArgument, "a photo of 3 channels and its covered picture are needed"};
        std::vector<Reach> reaches;
        for (int32_t i = 0; i < count; ++i) reaches.emplace_back(covers[i].corners);
        CVSCoverTruth truth{0, 0};
        for (int y = 0; y < from.rows; ++y) {
            if (y % 64 == 0) cvs::stopIfCancelled(cancel);
            std::vector<const Reach *> near;
            for (const Reach &reach : reaches)
                if (y >= reach.bounds.y && y <= reach.bounds.y + reach.bounds.height) near.push_back(&reach);
            const uint8_t *a = from.ptr(y), *b = to.ptr(y);
            for (int x = 0; x < from.cols; ++x, a += 3, b += 3) {
                if (std::any_of(near.begin(), near.end(), [&](const Reach *reach) { return reach->holds(x, y); }))
                    continue;
                ++truth.outside;
                for (int c = 0; c < 3; ++c)
                    truth.maximum = std::max(truth.maximum, double(std::abs(int(a[c]) - int(b[c]))));
            }
        }
        *out = truth;
    });
}
