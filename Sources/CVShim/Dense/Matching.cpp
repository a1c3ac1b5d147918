#include "Matching.hpp"

#include <algorithm>
#include <cmath>

namespace {

// Grey levels: what differs by so much belongs to other things; what noise alone makes.
constexpr float contrast = 30, noise = 2;
// Costs a pixel of contradiction, at most so many.
constexpr float perPixel = 0.12f, mostPixels = 3;
/// What the sources count, the best first.
constexpr float ranks[] = {1, 0.8f, 0.25f, 0.1f, 0.05f, 0.05f};

}  // namespace

cvs::Matching::Matching(const DepthView &view, const std::vector<DepthView> &all, size_t level, bool agrees)
    : grey(view.greys[level]), agrees(agrees) {
    const CVSCamera camera = view.at(level);
    focal = float(camera.focal);
    principalX = float(camera.principal[0]);
    principalY = float(camera.principal[1]);
    for (const int index : view.sources) {
        const DepthView &source = all[size_t(index)];
        const size_t same = std::min(level, source.greys.size() - 1);
        const CVSCamera seen = source.at(same);
        others.push_back({Change(view.camera, source.camera), Change(source.camera, view.camera), source.greys[same],
                          float(seen.focal), float(seen.principal[0]), float(seen.principal[1]), source.planes});
    }
    for (size_t i = 0; i < alike.size(); ++i) alike[i] = std::exp(-0.5f * float(i * i) / (contrast * contrast));
    for (int i = 0; i < count; ++i) {
        const int dx = (i % side) * step - radius, dy = (i / side) * step - radius;
        near[size_t(i)] = std::exp(-0.5f * float(dx * dx + dy * dy) / float(radius * radius));
    }
}

void cvs::Matching::moveTo(int x, int y) {
    atX = x;
    atY = y;
    ray = {(float(x) - principalX) / focal, (float(y) - principalY) / focal, 1};
    const float middle = grey.at<float>(y, x);
    float sum = 0, mean = 0;
    for (int j = 0, i = 0; j < side; ++j) {
        const float *row = grey.ptr<float>(std::clamp(y + j * step - radius, 0, grey.rows - 1));
        for (int k = 0; k < side; ++k, ++i) {
            const float value = row[std::clamp(x + k * step - radius, 0, grey.cols - 1)];
            const float weight = near[size_t(i)] * alike[std::min<size_t>(255, size_t(std::abs(value - middle)))];
            values[size_t(i)] = value;
            weights[size_t(i)] = weight;
            sum += weight;
            mean += weight * value;
        }
    }
    mean /= sum;
    variance = 0;
    for (size_t i = 0; i < count; ++i) {
        weights[i] /= sum;
        values[i] -= mean;
        variance += weights[i] * values[i] * values[i];
    }
}

float cvs::Matching::cost(const Plane &plane) const {
    float costs[std::size(ranks)];
    const size_t known = std::min(others.size(), std::size(ranks));
    for (size_t i = 0; i < known; ++i) costs[i] = cost(plane, others[i]);
    std::sort(costs, costs + known);
    float sum = 0, weight = 0;
    for (size_t i = 0; i < known; ++i) {
        sum += ranks[i] * costs[i];
        weight += ranks[i];
    }
    return weight > 0 ? sum / weight : worst;
}

float cvs::Matching::cost(const Plane &plane, const Comparison &other) const {
    const float inverse = plane.dot(ray);
    if (!(inverse > 0)) return worst;
    const cv::Vec3f seen = other.change.turn * ray + other.change.shift * inverse;
    if (!(seen[2] > 1e-6f)) return worst;
    // Within the window the warp is as good as affine.
    const float over = 1 / seen[2], flatX = seen[0] * over, flatY = seen[1] * over, scale = other.focal * over / focal;
    const cv::Matx33f &turn = other.change.turn;
    const cv::Vec3f &shift = other.change.shift;
    const float alongX[3] = {turn(0, 0) + shift[0] * plane[0], turn(1, 0) + shift[1] * plane[0],
                             turn(2, 0) + shift[2] * plane[0]};
    const float alongY[3] = {turn(0, 1) + shift[0] * plane[1], turn(1, 1) + shift[1] * plane[1],
                             turn(2, 1) + shift[2] * plane[1]};
    const float xx = scale * (alongX[0] - flatX * alongX[2]), xy = scale * (alongY[0] - flatX * alongY[2]);
    const float yx = scale * (alongX[1] - flatY * alongX[2]), yy = scale * (alongY[1] - flatY * alongY[2]);
    const float area = xx * yy - xy * yx;
    if (!(area > 0.05f && area < 20)) return worst;
    const float x = other.x + other.focal * flatX, y = other.y + other.focal * flatY;
    const float reachX = radius * (std::abs(xx) + std::abs(xy)), reachY = radius * (std::abs(yx) + std::abs(yy));
    const cv::Mat &picture = other.grey;
    if (!(x - reachX >= 0 && y - reachY >= 0 && x + reachX < float(picture.cols - 1) &&
          y + reachY < float(picture.rows - 1)))
        return worst;
    const size_t stride = picture.step1();
    const float *pixels = picture.ptr<float>();
    float mean = 0, square = 0, across = 0;
    size_t i = 0;
    for (int dy = -radius; dy <= radius; dy += step) {
        const float rowX = x + xy * float(dy), rowY = y + yy * float(dy);
        for (int dx = -radius; dx <= radius; dx += step, ++i) {
            const float px = rowX + xx * float(dx), py = rowY + yx * float(dx);
            const int column = int(px), row = int(py);
            const float a = px - float(column), b = py - float(row);
            const float *p = pixels + size_t(row) * stride + size_t(column);
            const float upper = p[0] + a * (p[1] - p[0]), lower = p[stride] + a * (p[stride + 1] - p[stride]);
            const float value = upper + b * (lower - upper), weighted = weights[i] * value;
            mean += weighted;
            square += weighted * value;
            across += weighted * values[i];
        }
    }
    const float spread = std::max(0.0f, square - mean * mean);
    const float alikeness = across / std::sqrt((variance + noise * noise) * (spread + noise * noise));
    float cost = std::min(1 - alikeness, 1.0f);
    if (agrees && !other.planes.empty()) cost += contradiction(other, x, y);
    return cost;
}

float cvs::Matching::contradiction(const Comparison &other, float seenX, float seenY) const {
    const cv::Mat &planes = other.planes;
    const float scaleX = float(planes.cols) / float(other.grey.cols),
                scaleY = float(planes.rows) / float(other.grey.rows);
    const int column = std::clamp(int((seenX + 0.5f) * scaleX), 0, planes.cols - 1);
    const int row = std::clamp(int((seenY + 0.5f) * scaleY), 0, planes.rows - 1);
    const cv::Vec3f theirs((seenX - other.x) / other.focal, (seenY - other.y) / other.focal, 1);
    const float inverse = planes.at<Plane>(row, column).dot(theirs);
    if (!(inverse > 0)) return perPixel * mostPixels;
    const cv::Vec3f back = other.back.turn * theirs + other.back.shift * inverse;
    if (!(back[2] > 0)) return perPixel * mostPixels;
    const float x = principalX + focal * back[0] / back[2] - float(atX);
    const float y = principalY + focal * back[1] / back[2] - float(atY);
    return perPixel * std::min(mostPixels, std::sqrt(x * x + y * y));
}
