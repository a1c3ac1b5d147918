#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "../Guard.hpp"
#include "CVSPlates.h"

extern "C" CVS_EXPORT CVSStatus cvs_plates_regions(const float *map, int32_t width, int32_t height, float floor,
                                                   CVSRect *boxes, int32_t capacity, int32_t *count,
                                                   CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (width < 1 || height < 1 || capacity < 0) throw cvs::Error{CVSStatusBadArgument, "the map has no cells"};
        const cv::Mat cells(height, width, CV_32F, const_cast<float *>(map));
        cv::Mat labels, figures, middles;
        const int found = cv::connectedComponentsWithStats(cells >= floor, labels, figures, middles, 8);
        std::vector<int> order;
        for (int i = 1; i < found; ++i) order.push_back(i);
        std::sort(order.begin(), order.end(), [&](int a, int b) {
            const int one = figures.at<int>(a, cv::CC_STAT_AREA), other = figures.at<int>(b, cv::CC_STAT_AREA);
            return one != other ? one > other : a < b;
        });
        *count = std::min(capacity, int32_t(order.size()));
        for (int32_t i = 0; i < *count; ++i) {
            const auto at = [&](int figure) { return figures.at<int>(order[size_t(i)], figure); };
            boxes[i] = {at(cv::CC_STAT_LEFT), at(cv::CC_STAT_TOP), at(cv::CC_STAT_WIDTH), at(cv::CC_STAT_HEIGHT)};
        }
    });
}
