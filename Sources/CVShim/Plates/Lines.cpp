#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "../Guard.hpp"
#include "CVSPlates.h"

namespace {

/// A cell of at least so much is of a line; a line's mean is at least `sure`.
constexpr float part = 0.3f;
constexpr double sure = 0.4;
/// A line's rectangle grows by its area over its perimeter, times this.
constexpr double widen = 1.6;
constexpr double least = 2;

/// Corners clockwise from the top left, of a rectangle whose text runs along its longer side, to the right.
void order(const cv::RotatedRect &rect, double margin, double *corners) {
    double across = rect.size.width, down = rect.size.height, turn = rect.angle * CV_PI / 180;
    if (across < down) {
        std::swap(across, down);
        turn += CV_PI / 2;
    }
    double x = std::cos(turn), y = std::sin(turn);
    if (x < 0) x = -x, y = -y;
    const double half = across / 2 + margin, high = down / 2 + margin;
    const double signs[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
    for (int i = 0; i < 4; ++i) {
        corners[2 * i] = rect.center.x + signs[i][0] * half * x - signs[i][1] * high * y;
        corners[2 * i + 1] = rect.center.y + signs[i][0] * half * y + signs[i][1] * high * x;
    }
}

double meanInside(const cv::Mat &map, const std::vector<cv::Point> &contour) {
    const cv::Rect box = cv::boundingRect(contour) & cv::Rect(0, 0, map.cols, map.rows);
    cv::Mat inside = cv::Mat::zeros(box.size(), CV_8U);
    cv::drawContours(inside, std::vector<std::vector<cv::Point>>{contour}, 0, cv::Scalar(1), cv::FILLED, cv::LINE_8,
                     cv::noArray(), 0, -box.tl());
    double sum = 0, count = 0;
    for (int y = 0; y < box.height; ++y)
        for (int x = 0; x < box.width; ++x)
            if (inside.at<uint8_t>(y, x)) sum += map.at<float>(box.y + y, box.x + x), ++count;
    return count > 0 ? sum / count : 0;
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_plates_lines(const float *map, int32_t width, int32_t height, CVSPlateQuad *lines,
                                                 int32_t capacity, int32_t *count, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (width < 1 || height < 1 || capacity < 0) throw cvs::Error{CVSStatusBadArgument, "the map has no cells"};
        const cv::Mat cells(height, width, CV_32F, const_cast<float *>(map));
        std::vector<std::vector<cv::Point>> contours;
        cv::findContours(cells > part, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
        std::vector<CVSPlateQuad> found;
        for (const std::vector<cv::Point> &contour : contours) {
            const cv::RotatedRect rect = cv::minAreaRect(contour);
            // Contours run through the middles of cells; the line reaches to their borders.
            const double across = rect.size.width + 1, down = rect.size.height + 1;
            if (std::min(across, down) < least) continue;
            const double mean = meanInside(cells, contour);
            if (mean < sure) continue;
            CVSPlateQuad line{};
            order(rect, 0.5 + widen * across * down / (2 * (across + down)), line.corners);
            line.confidence = mean;
            found.push_back(line);
        }
        std::sort(found.begin(), found.end(), [](const CVSPlateQuad &a, const CVSPlateQuad &b) {
            if (a.confidence != b.confidence) return a.confidence > b.confidence;
            return std::lexicographical_compare(a.corners, a.corners + 8, b.corners, b.corners + 8);
        });
        *count = std::min(capacity, int32_t(found.size()));
        std::copy_n(found.begin(), *count, lines);
    });
}
