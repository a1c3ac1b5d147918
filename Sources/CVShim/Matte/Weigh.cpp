#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "Shrink.hpp"

namespace {

/// Neither map is believed beyond this.
constexpr double surest = 0.02;
/// What the second map's log-odds count beside the first's: it is the coarser one.
constexpr double weight = 0.5;
/// A second map that says one half leaves a first of one half here, where objects begin.
constexpr double undecided = 0.55;

double logOdds(double share) {
    const double p = std::min(1 - surest, std::max(surest, share));
    return std::log(p / (1 - p));
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_matte_weigh(float *map, int32_t width, int32_t height, const float *second,
                                                int32_t second_width, int32_t second_height, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (std::min({width, height, second_width, second_height}) < 1)
            throw cvs::Error{CVSStatusBadArgument, "a map has no cells"};
        const cv::Mat cells(height, width, CV_32F, map);
        const cv::Mat given(second_height, second_width, CV_32F, const_cast<float *>(second));
        double low = 0, high = 0;
        cv::minMaxLoc(cells, &low, &high);
        const double span = std::max(high - low, 1e-6), shift = logOdds(undecided);
        cv::Mat opinion;
        cv::resize(given, opinion, cells.size(), 0, 0, cv::INTER_AREA);
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) {
                float &cell = map[size_t(y) * size_t(width) + size_t(x)];
                const double odds = logOdds((double(cell) - low) / span) + weight * logOdds(opinion.at<float>(y, x));
                cell = float(high / (1 + std::exp(-(odds + shift))));
            }
    });
}
