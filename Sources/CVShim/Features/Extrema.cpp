#include "Extrema.hpp"

#include <emmintrin.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace cvs {
namespace {

/// Pixels along the border in which no extremum is looked for.
constexpr int border = 5;
/// Steps of a refinement, and the largest ratio of the two curvatures (Lowe 2004).
constexpr int steps = 5;
/// Layers that an extremum may lie from its sample, and pixels after the last step: over a half, so that none falls
/// between two octaves or pixels.
constexpr double farthest = 0.6;
constexpr double edgeRatio = 10;

class Finder {
public:
    Finder(const Pyramid &pyramid, double contrast) : pyramid(pyramid), contrast(contrast) {}

    void row(int layer, int y, std::vector<Extremum> &found) const {
        const int end = pyramid.level(0).width() - border;
        const float least = float(0.5 * contrast);
        int x = border;
        // Four at a time: which of them stand out in their own layer.
        for (; x + 4 <= end; x += 4) {
            for (int stands = standing(layer, x, y, least); stands; stands &= stands - 1)
                consider(layer, x + __builtin_ctz(unsigned(stands)), y, found);
        }
        for (; x < end; ++x)
            if (std::abs(difference(layer, x, y)) > least) consider(layer, x, y, found);
    }

private:
    const Pyramid &pyramid;
    const double contrast;

    float difference(int layer, int x, int y) const {
        return pyramid.level(layer + 1).at(x, y) - pyramid.level(layer).at(x, y);
    }

    __m128 differences(int layer, int x, int y) const {
        return _mm_sub_ps(_mm_loadu_ps(pyramid.level(layer + 1).row(y) + x),
                          _mm_loadu_ps(pyramid.level(layer).row(y) + x));
    }

    /// A bit for each of four pixels that is an extremum of its layer and larger than `least`.
    int standing(int layer, int x, int y, float least) const {
        const __m128 value = differences(layer, x, y), bound = _mm_set1_ps(least);
        const __m128 high = _mm_cmpgt_ps(value, bound), low = _mm_cmplt_ps(value, _mm_sub_ps(_mm_setzero_ps(), bound));
        if (!_mm_movemask_ps(_mm_or_ps(high, low))) return 0;
        __m128 most = _mm_max_ps(differences(layer, x - 1, y), differences(layer, x + 1, y));
        __m128 fewest = _mm_min_ps(differences(layer, x - 1, y), differences(layer, x + 1, y));
        for (const int dy : {-1, 1}) {
            for (int dx = -1; dx <= 1; ++dx) {
                const __m128 other = differences(layer, x + dx, y + dy);
                most = _mm_max_ps(most, other);
                fewest = _mm_min_ps(fewest, other);
            }
        }
        return _mm_movemask_ps(
            _mm_or_ps(_mm_and_ps(high, _mm_cmpge_ps(value, most)), _mm_and_ps(low, _mm_cmple_ps(value, fewest))));
    }

    void consider(int layer, int x, int y, std::vector<Extremum> &found) const {
        if (!isExtremum(layer, x, y)) return;
        if (auto extremum = refined(layer, x, y)) found.push_back(*extremum);
    }

    bool isExtremum(int layer, int x, int y) const {
        const float value = difference(layer, x, y);
        for (const int l : {layer, layer - 1, layer + 1}) {
            for (int dy = -1; dy <= 1; ++dy) {
                const float *low = pyramid.level(l).row(y + dy), *high = pyramid.level(l + 1).row(y + dy);
                for (int dx = -1; dx <= 1; ++dx) {
                    const float other = high[x + dx] - low[x + dx];
                    if (value > 0 ? other > value : other < value) return false;
                }
            }
        }
        return true;
    }

    /// The top of the parabola through the 27 differences, followed from pixel to pixel (Brown, Lowe 2002).
    std::optional<Extremum> refined(int layer, int x, int y) const {
        cv::Vec3d offset;
        for (int step = 0;; ++step) {
            const auto d = [&](int dx, int dy, int dl) { return double(difference(layer + dl, x + dx, y + dy)); };
            const double middle = d(0, 0, 0);
            const cv::Vec3d slope((d(1, 0, 0) - d(-1, 0, 0)) / 2, (d(0, 1, 0) - d(0, -1, 0)) / 2,
                                  (d(0, 0, 1) - d(0, 0, -1)) / 2);
            const double xx = d(1, 0, 0) + d(-1, 0, 0) - 2 * middle, yy = d(0, 1, 0) + d(0, -1, 0) - 2 * middle;
            const double ll = d(0, 0, 1) + d(0, 0, -1) - 2 * middle;
            const double xy = (d(1, 1, 0) - d(-1, 1, 0) - d(1, -1, 0) + d(-1, -1, 0)) / 4;
            const double xl = (d(1, 0, 1) - d(-1, 0, 1) - d(1, 0, -1) + d(-1, 0, -1)) / 4;
            const double yl = (d(0, 1, 1) - d(0, -1, 1) - d(0, 1, -1) + d(0, -1, -1)) / 4;
            bool solved = false;
            offset = -(cv::Matx33d(xx, xy, xl, xy, yy, yl, xl, yl, ll).inv(cv::DECOMP_LU, &solved) * slope);
            if (!solved) return std::nullopt;
            if (std::max(std::abs(offset[0]), std::abs(offset[1])) <= (step < steps ? 0.5 : farthest) &&
                std::abs(offset[2]) <= farthest) {
                const double trace = xx + yy, determinant = xx * yy - xy * xy;
                const double value = std::abs(middle + 0.5 * slope.dot(offset));
                if (value < contrast || determinant <= 0 ||
                    trace * trace * edgeRatio >= (edgeRatio + 1) * (edgeRatio + 1) * determinant)
                    return std::nullopt;
                return Extremum{x + offset[0], y + offset[1], layer + offset[2], value};
            }
            if (step == steps || !(std::abs(offset[0]) + std::abs(offset[1]) + std::abs(offset[2]) < 1e6))
                return std::nullopt;
            x += int(std::lround(offset[0]));
            y += int(std::lround(offset[1]));
            if (std::abs(offset[2]) > farthest) layer += int(std::lround(offset[2]));
            const Plane &plane = pyramid.level(0);
            if (layer < 1 || layer > layersPerOctave || x < border || y < border || x >= plane.width() - border ||
                y >= plane.height() - border)
                return std::nullopt;
        }
    }
};

}  // namespace

std::vector<Extremum> extremaOf(const Pyramid &pyramid, double contrast, CVSCancel cancel) {
    const Finder finder(pyramid, contrast);
    std::vector<Extremum> found;
    for (int y = border; y < pyramid.level(0).height() - border; ++y) {
        if (y % 64 == 0) stopIfCancelled(cancel);
        for (int layer = 1; layer <= layersPerOctave; ++layer) finder.row(layer, y, found);
    }
    return found;
}

}  // namespace cvs
