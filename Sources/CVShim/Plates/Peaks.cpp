#include <opencv2/imgproc.hpp>
#include <vector>

#include "../Guard.hpp"
#include "Quad.hpp"

namespace {

/// How often corners are asked for again near where they were said to be.
constexpr int rounds = 2;
/// Cells that may say where a corner is, and how far they are heard, in heights of the plate.
constexpr float surfaceLeast = 0.4f;
constexpr double reach = 0.6;

/// The network's planes: surface, middle, and x and y of four corners from each cell.
struct Maps {
    cv::Mat surface, middle;
    std::vector<cv::Mat> offsets;

    Maps(const float *planes, int width, int height) {
        const auto plane = [&](int index) {
            return cv::Mat(height, width, CV_32F,
                           const_cast<float *>(planes) + size_t(index) * size_t(width) * size_t(height));
        };
        surface = plane(0);
        middle = plane(1);
        for (int index = 2; index < 10; ++index) offsets.push_back(plane(index));
    }

    /// Where a cell says that a corner is, in cells, their middles at halves.
    cv::Point2d corner(int index, int x, int y) const {
        return {x + 0.5 + double(offsets[size_t(2 * index)].at<float>(y, x)),
                y + 0.5 + double(offsets[size_t(2 * index + 1)].at<float>(y, x))};
    }
};

bool holds(const cvs::Corners &quad, cv::Point2d place) {
    for (size_t i = 0; i < 4; ++i) {
        const cv::Point2d side = quad[(i + 1) % 4] - quad[i], to = place - quad[i];
        if (side.x * to.y - side.y * to.x < 0) return false;
    }
    return true;
}

cv::Point2d centreOf(const cvs::Corners &quad) { return (quad[0] + quad[1] + quad[2] + quad[3]) * 0.25; }

/// Each corner as those cells of the plate say that are nearest to it.
cvs::Corners refined(const Maps &maps, cvs::Corners quad) {
    for (int round = 0; round < rounds; ++round) {
        double left = quad[0].x, right = left, top = quad[0].y, bottom = top;
        for (const cv::Point2d &corner : quad) {
            left = std::min(left, corner.x), right = std::max(right, corner.x);
            top = std::min(top, corner.y), bottom = std::max(bottom, corner.y);
        }
        const cv::Rect part = cv::Rect(cv::Point(int(std::floor(left)), int(std::floor(top))),
                                       cv::Point(int(std::ceil(right)) + 1, int(std::ceil(bottom)) + 1)) &
                              cv::Rect(0, 0, maps.surface.cols, maps.surface.rows);
        const double high = reach * std::max(1.0, cvs::heightOf(quad)) + 0.5;
        cvs::Corners better = quad;
        for (size_t k = 0; k < 4; ++k) {
            cv::Point2d sum;
            double weights = 0;
            for (int y = part.y; y < part.br().y; ++y)
                for (int x = part.x; x < part.br().x; ++x) {
                    const float share = maps.surface.at<float>(y, x);
                    if (share <= surfaceLeast) continue;
                    const double far = std::hypot(x + 0.5 - quad[k].x, y + 0.5 - quad[k].y) / high;
                    const double weight = double(share) * std::exp(-far);
                    sum += maps.corner(int(k), x, y) * weight;
                    weights += weight;
                }
            if (weights > 0.1) better[k] = sum / weights;
        }
        quad = better;
    }
    return quad;
}

/// Cells whose middle is at least `floor` and none of their neighbours' is higher, the surest first.
std::vector<cv::Point> peaksOf(const cv::Mat &middle, float floor) {
    cv::Mat highest;
    cv::dilate(middle, highest, cv::Mat());
    std::vector<cv::Point> peaks;
    for (int y = 0; y < middle.rows; ++y)
        for (int x = 0; x < middle.cols; ++x)
            if (middle.at<float>(y, x) >= floor && middle.at<float>(y, x) >= highest.at<float>(y, x))
                peaks.push_back({x, y});
    std::sort(peaks.begin(), peaks.end(), [&](cv::Point a, cv::Point b) {
        const float one = middle.at<float>(a), other = middle.at<float>(b);
        return one != other ? one > other : std::pair(a.y, a.x) < std::pair(b.y, b.x);
    });
    return peaks;
}

/// What the corners enclose where they make no convex quad.
cvs::Corners sound(const cvs::Corners &quad) {
    if (cvs::isConvex(quad)) return quad;
    std::vector<cv::Point2f> points;
    for (const cv::Point2d &corner : quad) points.emplace_back(corner);
    const cv::Rect2f box = cv::boundingRect(points);
    const cv::Point2d least = box.tl(), most = box.br();
    return {least, cv::Point2d(most.x, least.y), most, cv::Point2d(least.x, most.y)};
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_plates_peaks(const float *maps, int32_t width, int32_t height, float floor,
                                                 CVSPlateQuad *quads, int32_t capacity, int32_t *count,
                                                 CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (width < 1 || height < 1 || capacity < 0) throw cvs::Error{CVSStatusBadArgument, "the maps have no cells"};
        const Maps planes(maps, width, height);
        std::vector<cvs::Corners> found;
        for (const cv::Point peak : peaksOf(planes.middle, floor)) {
            if (int32_t(found.size()) == capacity) break;
            cvs::Corners rough;
            for (int k = 0; k < 4; ++k) rough[size_t(k)] = planes.corner(k, peak.x, peak.y);
            const cv::Point2d centre = centreOf(rough);
            const bool isKnown = std::any_of(found.begin(), found.end(), [&](const cvs::Corners &other) {
                return holds(other, centre) || holds(rough, centreOf(other));
            });
            if (isKnown) continue;
            const cvs::Corners quad = sound(refined(planes, rough));
            CVSPlateQuad place{};
            cvs::store(quad, place.corners);
            place.confidence = double(planes.surface.at<float>(peak.y, peak.x));
            place.middle = double(planes.middle.at<float>(peak.y, peak.x));
            quads[found.size()] = place;
            found.push_back(quad);
        }
        *count = int32_t(found.size());
    });
}
