#include <algorithm>
#include <cmath>

#include "Nearest.hpp"

namespace cvs {
namespace {

/// Rows between two looks at the cancel flag.
constexpr int stride = 512;

std::vector<CVSMatch> matched(const CVSFeatures &first, const CVSFeatures &second, const CVSMatchOptions &options,
                              CVSCancel cancel) {
    const auto held = [&](const CVSFeatures &of) {
        const int all = of.descriptors.count();
        return options.limit > 0 ? std::min(all, options.limit) : all;
    };
    const int rows = held(first), columns = held(second);
    std::vector<Nearest> nearest(static_cast<size_t>(rows));
    Back back(columns);
    for (int begin = 0; begin < rows; begin += stride) {
        stopIfCancelled(cancel);
        const int end = std::min(rows, begin + stride);
        findNearest(first.descriptors, begin, end, second.descriptors, columns, &nearest[size_t(begin)], back);
    }
    std::vector<CVSMatch> list;
    for (int i = 0; i < rows; ++i)
        if (auto match = accepted(nearest[size_t(i)], i, back, options)) list.push_back(*match);
    return list;
}

}  // namespace

std::optional<CVSMatch> accepted(const Nearest &best, int row, const Back &back, const CVSMatchOptions &options) {
    if (best.index < 0 || back.index[size_t(best.index)] != row) return std::nullopt;
    const double distance = std::sqrt(double(best.distance)) / descriptorScale;
    const double ratio = best.next < farAway ? std::sqrt(double(best.distance) / std::max(best.next, 1)) : 0;
    if (distance > options.distance || ratio >= options.ratio) return std::nullopt;
    return CVSMatch{row, best.index, float(distance), float(ratio)};
}

}  // namespace cvs

extern "C" CVS_EXPORT CVSStatus cvs_features_match(const CVSFeatures *first, const CVSFeatures *second,
                                                   const CVSMatchOptions *options, CVSCancel cancel, CVSMatches **out,
                                                   CVSError *error) noexcept {
    return cvs::guarded(error, [&] { *out = new CVSMatches{cvs::matched(*first, *second, *options, cancel)}; });
}

extern "C" CVS_EXPORT void cvs_matches_destroy(CVSMatches *matches) noexcept { delete matches; }
extern "C" CVS_EXPORT int32_t cvs_matches_count(const CVSMatches *matches) noexcept {
    return int32_t(matches->list.size());
}
extern "C" CVS_EXPORT const CVSMatch *cvs_matches_list(const CVSMatches *matches) noexcept {
    return matches->list.data();
}
