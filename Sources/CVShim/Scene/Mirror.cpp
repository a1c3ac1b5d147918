#include <algorithm>
#include <cmath>

#include "Scene.hpp"

namespace cvs {

namespace {

using Lane = float __attribute__((vector_size(16)));

Lane between(const cv::Mat &pixels, float x, float y) {
    int i = std::clamp(int(std::floor(x)), 0, pixels.cols - 1), j = std::clamp(int(std::floor(y)), 0, pixels.rows - 1);
    float dx = std::clamp(x - float(i), 0.f, 1.f), dy = std::clamp(y - float(j), 0.f, 1.f);
    int right = std::min(i + 1, pixels.cols - 1), below = std::min(j + 1, pixels.rows - 1);
    const Lane *upper = reinterpret_cast<const Lane *>(pixels.ptr(j));
    const Lane *lower = reinterpret_cast<const Lane *>(pixels.ptr(below));
    return (upper[i] * (1 - dx) + upper[right] * dx) * (1 - dy) + (lower[i] * (1 - dx) + lower[right] * dx) * dy;
}

/// Ever coarser copies of the lower part of the object, each half as fine as the one before.
struct Pyramid {
    std::vector<cv::Mat> level;
    int top;

    Pyramid(const cv::Mat &object, int top, int bottom, CVSCancel cancel) : top(top) {
        level.push_back(object.rowRange(top, bottom).clone());
        while (level.size() < 6 && std::min(level.back().cols, level.back().rows) > 8)
            level.push_back(halved(level.back(), cancel));
    }

    /// The colour round a place of the object, blurred as on a level between two.
    Lane at(float x, float y, float blur) const {
        y -= float(top);
        float fine = std::clamp(blur, 0.f, float(level.size() - 1) - 0.001f);
        int l = int(fine);
        float size = float(1 << l), coarser = fine - float(l);
        Lane sharp = between(level[size_t(l)], (x + 0.5f) / size - 0.5f, (y + 0.5f) / size - 0.5f);
        if (coarser < 0.01f || l + 1 >= int(level.size())) return sharp;
        Lane soft = between(level[size_t(l) + 1], (x + 0.5f) / (2 * size) - 0.5f, (y + 0.5f) / (2 * size) - 0.5f);
        return sharp * (1 - coarser) + soft * coarser;
    }
};

/// Strength and blur by the distance below the footing, in body heights.
struct Falloff {
    std::vector<float> strength, blur;

    Falloff(const CVSFloor &floor, float height) {
        for (int t = 0; float(t) < 0.75f * height; t++) {
            float d = float(t) / height, end = std::clamp((0.75f - d) / 0.35f, 0.f, 1.f);
            strength.push_back(floor.mirror * float(std::exp(-2.2 * double(d))) * end * end * (3 - 2 * end));
            blur.push_back(float(std::log2(1 + double(0.3f + 0.11f * floor.roughness * float(t)))));
        }
    }
};

/// 1 well inside the footing, falling to 0 at its ends: there the floor's row is a guess and the side turns away.
float inside(const Footing &footing, const Crop &crop, int x) {
    int left = crop.left_cut ? footing.left + int(footing.row.size()) : x - footing.left;
    int right =
        crop.right_cut ? footing.left + int(footing.row.size()) : footing.left + int(footing.row.size()) - 1 - x;
    float t = std::clamp(float(std::min(left, right)) / (0.16f * footing.height), 0.f, 1.f);
    return t * t * (3 - 2 * t);
}

}  // namespace

cv::Mat mirrored(const cv::Mat &object, const Footing &footing, const CVSFloor &floor, const Crop &crop,
                 CVSCancel cancel) {
    cv::Mat out(object.size(), CV_32FC4, cv::Scalar());
    if (footing.row.empty() || floor.mirror <= 0) return out;
    Falloff falloff(floor, footing.height);
    float lowest = *std::max_element(footing.row.begin(), footing.row.end());
    float highest = *std::min_element(footing.row.begin(), footing.row.end());
    int top = std::clamp(int(highest - 0.8f * footing.height), 0, object.rows - 2);
    int bottom = std::clamp(int(lowest) + 3, top + 2, object.rows);
    Pyramid pyramid(object, top, bottom, cancel);
    int last = int(falloff.strength.size());
    for (int x = std::max(0, footing.left); x < object.cols && x - footing.left < int(footing.row.size()); x++) {
        if (x % 64 == 0) stopIfCancelled(cancel);
        if ((crop.left_cut && float(x) < crop.left) || (crop.right_cut && float(x) > crop.right)) continue;
        float row = footing.row[size_t(x - footing.left)] + 0.5f, end = inside(footing, crop, x);
        for (int y = std::max(0, int(std::ceil(row))); y < object.rows; y++) {
            int t = int(float(y) - row);
            if (t >= last || (crop.bottom_cut && float(y) > crop.bottom)) break;
            Lane value = pyramid.at(float(x), 2 * row - float(y), falloff.blur[size_t(t)]);
            *reinterpret_cast<Lane *>(&out.at<cv::Vec4f>(y, x)) = value * (end * falloff.strength[size_t(t)]);
        }
    }
    return out;
}

}  // namespace cvs
