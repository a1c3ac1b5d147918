#include <algorithm>
#include <cmath>

#include "Nearest.hpp"
#include "Rays.hpp"

namespace cvs {
namespace {

/// Side of a cell in pixels.
constexpr double cellSide = 24;

/// Places on the plane where a camera without distortion would see them, in its pixels, sorted into square cells.
class Cells {
public:
    Cells(const std::vector<CVSFeature> &features, const CVSCamera &camera) {
        for (const CVSFeature &feature : features)
            places.push_back(flat(camera, {feature.x, feature.y}) * camera.focal);
        cv::Point2d low(1e18, 1e18), high(-1e18, -1e18);
        for (const cv::Point2d &place : places) {
            low = {std::min(low.x, place.x), std::min(low.y, place.y)};
            high = {std::max(high.x, place.x), std::max(high.y, place.y)};
        }
        corner = low;
        across = places.empty() ? 0 : int((high.x - low.x) / cellSide) + 1;
        down = places.empty() ? 0 : int((high.y - low.y) / cellSide) + 1;
        starts.assign(size_t(across) * size_t(down) + 1, 0);
        for (const cv::Point2d &place : places) ++starts[cell(place) + 1];
        for (size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
        order.resize(places.size());
        std::vector<int32_t> next(starts.begin(), starts.end() - 1);
        for (size_t i = 0; i < places.size(); ++i) order[size_t(next[cell(places[i])]++)] = int32_t(i);
    }

    const cv::Point2d &place(int32_t i) const { return places[size_t(i)]; }

    /// Calls `visit` with each feature within `reach` of the line between two points.
    template <typename Visit>
    void along(cv::Point2d from, cv::Point2d to, double reach, Visit visit) const {
        const cv::Point2d whole = to - from;
        const double length = std::max(std::sqrt(whole.dot(whole)), 1e-9);
        const cv::Point2d unit = whole / length;
        const auto near = [&](int32_t i) {
            const cv::Point2d away = place(i) - from;
            const double ahead = away.dot(unit);
            if (std::abs(away.cross(unit)) <= reach && ahead >= -reach && ahead <= length + reach) visit(i);
        };
        // Row by row, or column by column where the line is steep, the cells that the band crosses.
        const bool steep = std::abs(unit.y) > std::abs(unit.x);
        const auto main = [&](cv::Point2d p) { return steep ? p.y - corner.y : p.x - corner.x; };
        const auto side = [&](cv::Point2d p) { return steep ? p.x - corner.x : p.y - corner.y; };
        const double start = std::min(main(from), main(to)) - reach, end = std::max(main(from), main(to)) + reach;
        const double slope = (side(to) - side(from)) / (main(to) - main(from) + (main(to) < main(from) ? -1e-9 : 1e-9));
        const double width = reach * std::sqrt(1 + slope * slope) + 1e-6;
        const int mains = steep ? down : across, sides = steep ? across : down;
        const int first = std::max(0, int(std::floor(start / cellSide)));
        const int last = int(std::min(mains - 1.0, std::floor(end / cellSide)));
        for (int m = first; m <= last; ++m) {
            const double a = side(from) + slope * (std::max(m * cellSide, start) - main(from));
            const double b = side(from) + slope * (std::min((m + 1) * cellSide, end) - main(from));
            const int lowest = std::max(0, int(std::floor((std::min(a, b) - width) / cellSide)));
            const int highest = int(std::min(sides - 1.0, std::floor((std::max(a, b) + width) / cellSide)));
            for (int s = lowest; s <= highest; ++s) {
                const size_t which =
                    steep ? size_t(m) * size_t(across) + size_t(s) : size_t(s) * size_t(across) + size_t(m);
                for (int32_t k = starts[which]; k < starts[which + 1]; ++k) near(order[size_t(k)]);
            }
        }
    }

private:
    std::vector<cv::Point2d> places;
    cv::Point2d corner;
    int across = 0, down = 0;
    std::vector<int32_t> starts, order;

    size_t cell(cv::Point2d place) const {
        const int x = std::clamp(int((place.x - corner.x) / cellSide), 0, across - 1);
        return size_t(std::clamp(int((place.y - corner.y) / cellSide), 0, down - 1)) * size_t(across) + size_t(x);
    }
};

/// Where the ray of a place of the first camera lies in the second, between two depths.
class Epipolar {
public:
    explicit Epipolar(const CVSGuide &guide) : guide(guide) {
        const cv::Matx33d one(guide.first.rotation), two(guide.second.rotation);
        turn = two * one.t();
        shift = cv::Vec3d(guide.second.translation) - turn * cv::Vec3d(guide.first.translation);
    }

    bool segment(cv::Point2d place, cv::Point2d &from, cv::Point2d &to) const {
        const cv::Vec3d ray = turn * cv::Vec3d(place.x / guide.first.focal, place.y / guide.first.focal, 1);
        double nearest = guide.nearest, farthest = guide.farthest;
        // Only what lies ahead of the second camera too: z = depth * ray.z + shift.z.
        const double least = 1e-3 * guide.nearest;
        if (ray[2] > 0) nearest = std::max(nearest, (least - shift[2]) / ray[2]);
        if (ray[2] < 0) farthest = std::min(farthest, (least - shift[2]) / ray[2]);
        if (nearest >= farthest || (ray[2] == 0 && shift[2] < least)) return false;
        from = seen(ray * nearest + shift);
        to = seen(ray * farthest + shift);
        return true;
    }

private:
    const CVSGuide &guide;
    cv::Matx33d turn;
    cv::Vec3d shift;

    cv::Point2d seen(const cv::Vec3d &point) const {
        return {guide.second.focal * point[0] / point[2], guide.second.focal * point[1] / point[2]};
    }
};

std::vector<CVSMatch> guided(const CVSFeatures &first, const CVSFeatures &second, const CVSGuide &guide,
                             const CVSMatchOptions &options, CVSCancel cancel) {
    const Cells cells(second.list, guide.second);
    const Epipolar epipolar(guide);
    std::vector<Nearest> nearest(first.list.size());
    Back back(int(second.list.size()));
    for (int32_t i = 0; i < int32_t(first.list.size()); ++i) {
        if (i % 256 == 0) stopIfCancelled(cancel);
        const CVSFeature &feature = first.list[size_t(i)];
        cv::Point2d from, to;
        if (!epipolar.segment(flat(guide.first, {feature.x, feature.y}) * guide.first.focal, from, to)) continue;
        cells.along(from, to, guide.reach, [&](int32_t j) {
            const int32_t distance = squaredDistance(first.descriptors, i, second.descriptors, j);
            nearest[size_t(i)].offer(j, distance);
            back.offer(j, i, distance);
        });
    }
    std::vector<CVSMatch> list;
    for (int32_t i = 0; i < int32_t(nearest.size()); ++i)
        if (auto match = accepted(nearest[size_t(i)], i, back, options)) list.push_back(*match);
    return list;
}

}  // namespace
}  // namespace cvs

extern "C" CVS_EXPORT CVSStatus cvs_features_match_guided(const CVSFeatures *first, const CVSFeatures *second,
                                                          const CVSGuide *guide, const CVSMatchOptions *options,
                                                          CVSCancel cancel, CVSMatches **out,
                                                          CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (!(guide->nearest > 0) || !(guide->farthest > guide->nearest) || !(guide->reach > 0))
            throw cvs::Error{CVSStatusBadArgument, "a guide needs depths and a reach above 0"};
        *out = new CVSMatches{cvs::guided(*first, *second, *guide, *options, cancel)};
    });
}
