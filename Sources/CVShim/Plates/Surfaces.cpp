#include <opencv2/imgproc.hpp>
#include <vector>

#include "../Guard.hpp"
#include "Quad.hpp"

namespace {

/// The map is enlarged so much round a surface, and the quad goes where it falls through this share of its peak.
constexpr int enlarged = 4;
constexpr double level = 0.5;
constexpr int least = 3;

double cross(cv::Point2d a, cv::Point2d b) { return a.x * b.y - a.y * b.x; }

/// A convex polygon with one side less: the one whose removal, its neighbours going on till they meet, adds least.
bool simplify(std::vector<cv::Point2d> &polygon) {
    const size_t count = polygon.size();
    double lowest = 0;
    size_t best = count;
    cv::Point2d meeting;
    for (size_t i = 0; i < count; ++i) {
        const cv::Point2d a = polygon[(i + count - 1) % count], b = polygon[i], c = polygon[(i + 1) % count];
        const cv::Point2d d = polygon[(i + 2) % count], u = b - a, v = c - d;
        const double area = cross(u, v);
        // Neighbours that run apart never meet beyond this side.
        if (std::abs(area) < 1e-9) continue;
        const double along = cross(c - b, v) / area;
        const cv::Point2d at = b + u * along;
        if (along < 0 || (at - c).dot(v) < 0) continue;
        const double added = std::abs(cross(at - b, c - b)) / 2;
        if (best == count || added < lowest) lowest = added, best = i, meeting = at;
    }
    if (best == count) return false;
    polygon[best] = meeting;
    polygon.erase(polygon.begin() + ptrdiff_t((best + 1) % count));
    return true;
}

/// Clockwise with y downwards, from the corner at which the side begins that runs most to the right and lies on top.
cvs::Corners ordered(const std::vector<cv::Point2d> &polygon) {
    cvs::Corners found = {polygon[0], polygon[1], polygon[2], polygon[3]};
    if (cvs::areaOf(found) < 0) std::reverse(found.begin(), found.end());
    size_t first = 0;
    double most = -2;
    for (size_t i = 0; i < 4; ++i) {
        const cv::Point2d side = found[(i + 1) % 4] - found[i];
        const double right = side.x / std::max(1e-9, std::hypot(side.x, side.y));
        if (right > most) most = right, first = i;
    }
    std::rotate(found.begin(), found.begin() + ptrdiff_t(first), found.end());
    return found;
}

/// The quad round the part of a patch that is above `limit`, in pixels of the patch.
bool quadOf(const cv::Mat &patch, double limit, cvs::Corners &quad) {
    std::vector<std::vector<cv::Point>> contours;
    cv::findContours(patch > limit, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
    if (contours.empty()) return false;
    const auto largest = std::max_element(contours.begin(), contours.end(), [](const auto &a, const auto &b) {
        return cv::contourArea(a) < cv::contourArea(b);
    });
    std::vector<cv::Point> hull;
    cv::convexHull(*largest, hull);
    if (hull.size() < 4) return false;
    std::vector<cv::Point2d> polygon(hull.begin(), hull.end());
    while (polygon.size() > 4)
        if (!simplify(polygon)) return false;
    quad = ordered(polygon);
    return cvs::isConvex(quad);
}

/// One surface with a little of what is around it, larger; other surfaces are empty in it.
cv::Mat patchOf(const cv::Mat &surface, const cv::Mat &labels, int label, const cv::Rect &box) {
    cv::Mat part = surface(box).clone();
    for (int y = 0; y < box.height; ++y)
        for (int x = 0; x < box.width; ++x) {
            const int other = labels.at<int>(box.y + y, box.x + x);
            if (other && other != label) part.at<float>(y, x) = 0;
        }
    cv::Mat large;
    cv::resize(part, large, cv::Size(), enlarged, enlarged, cv::INTER_LINEAR);
    return large;
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_plates_surfaces(const float *maps, int32_t width, int32_t height, float floor,
                                                    CVSPlateQuad *quads, int32_t capacity, int32_t *count,
                                                    CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (width < 1 || height < 1 || capacity < 0) throw cvs::Error{CVSStatusBadArgument, "the maps have no cells"};
        const cv::Mat surface(height, width, CV_32F, const_cast<float *>(maps));
        const cv::Mat middle(height, width, CV_32F, const_cast<float *>(maps) + size_t(width) * size_t(height));
        cv::Mat labels, figures, middles;
        const int found = cv::connectedComponentsWithStats(surface >= floor, labels, figures, middles, 8);
        std::vector<CVSPlateQuad> all;
        for (int label = 1; label < found; ++label) {
            if (figures.at<int>(label, cv::CC_STAT_AREA) < least) continue;
            const cv::Rect tight(figures.at<int>(label, cv::CC_STAT_LEFT), figures.at<int>(label, cv::CC_STAT_TOP),
                                 figures.at<int>(label, cv::CC_STAT_WIDTH), figures.at<int>(label, cv::CC_STAT_HEIGHT));
            const cv::Rect box =
                cv::Rect(tight.x - 2, tight.y - 2, tight.width + 4, tight.height + 4) & cv::Rect(0, 0, width, height);
            double most = 0, inside = 0;
            const cv::Mat mask = labels(tight) == label;
            cv::minMaxLoc(surface(tight), nullptr, &most, nullptr, nullptr, mask);
            cv::minMaxLoc(middle(tight), nullptr, &inside, nullptr, nullptr, mask);
            cvs::Corners quad;
            if (!quadOf(patchOf(surface, labels, label, box), level * most, quad)) continue;
            CVSPlateQuad place{};
            // Contours run through the middles of the enlarged map's pixels.
            for (cv::Point2d &corner : quad)
                corner = {(corner.x + 0.5) / enlarged + box.x, (corner.y + 0.5) / enlarged + box.y};
            cvs::store(quad, place.corners);
            place.confidence = most;
            place.middle = inside;
            all.push_back(place);
        }
        std::sort(all.begin(), all.end(), [](const CVSPlateQuad &a, const CVSPlateQuad &b) {
            if (a.confidence != b.confidence) return a.confidence > b.confidence;
            return std::lexicographical_compare(a.corners, a.corners + 8, b.corners, b.corners + 8);
        });
        *count = std::min(capacity, int32_t(all.size()));
        std::copy_n(all.begin(), *count, quads);
    });
}
