#include <algorithm>
#include <cmath>

#include "Scene.hpp"

namespace cvs {

namespace {

/// The density one in fixed point.
constexpr int whole = 1 << 20;

/// A part of the shadow: how deep the floor under it reaches behind the footing, how far it is spread, and how far it
/// is carried to the side by light that comes from there, all in body heights; and how dark it is.
struct Layer {
    float depth, across, down, carried;
    enum Kind { touching, below, whole } kind;
    float strength;
};

/// The footing on a coarser grid, on which a body is about `fine` pixels high.
struct Grid {
    const Footing &footing;
    float factor;
    cv::Size size;
    int margin;

    Grid(const Footing &footing, cv::Size canvas, float fine)
        : footing(footing), factor(std::max(1.f, std::floor(footing.height / fine))) {
        // Room beyond the canvas, so that what stands at its border is not repeated there.
        margin = int(0.9f * footing.height / factor);
        size = {int(float(canvas.width) / factor) + 2 + 2 * margin, int(float(canvas.height) / factor) + 2};
    }
    float height() const { return footing.height / factor; }
};

/// The floor that the object covers: a band behind the footing, round at the ends that are not cut off.
cv::Mat covered(const Grid &grid, const Layer &layer, const Crop &crop) {
    const Footing &footing = grid.footing;
    cv::Mat out(grid.size, CV_32S, cv::Scalar(0));
    int count = int(footing.row.size());
    float round = 0.22f * footing.height, h = grid.height();
    for (int x = 0; x < grid.size.width; x++) {
        int i = int(std::lround(float(x - grid.margin) * grid.factor)) - footing.left;
        if (i < 0 || i >= count) continue;
        int left = crop.left_cut ? count : i, right = crop.right_cut ? count : count - 1 - i;
        float end = std::min(1.f, (float(std::min(left, right)) + 0.5f) / round);
        float swell = std::sqrt(std::max(0.f, 1 - (1 - end) * (1 - end)));
        float row = layer.kind == Layer::below ? footing.dark[size_t(i)] : footing.row[size_t(i)];
        float depth = layer.depth * h, middle = row / grid.factor - depth / 2;
        // A little in front of the contact, so that it is dark where rubber meets floor.
        float from = middle - depth / 2 * swell, to = middle + depth / 2 * swell + 0.008f * h;
        float touch = layer.kind == Layer::touching ? footing.touch[size_t(i)] : 1;
        for (int y = std::max(0, int(from)); y <= std::min(grid.size.height - 1, int(to) + 1); y++)
            out.at<int>(y, x) = int(float(whole) * touch *
                                    std::clamp(std::min(float(y) + 0.5f - from, to - float(y) + 0.5f), 0.f, 1.f));
    }
    return out;
}

/// One box of 2 r + 1 along rows of fixed-point numbers; beyond the border the edge repeats.
void box_rows(const cv::Mat &in, cv::Mat &out, int r) {
    for (int y = 0; y < in.rows; y++) {
        const int *from = in.ptr<int>(y);
        int *to = out.ptr<int>(y), last = in.cols - 1;
        int64_t sum = int64_t(r + 1) * from[0];
        for (int x = 1; x <= r; x++) sum += from[std::min(x, last)];
        for (int x = 0; x <= last; x++) {
            to[x] = int(sum / (2 * r + 1));
            sum += from[std::min(x + r + 1, last)] - from[std::max(x - r, 0)];
        }
    }
}

void box_three_times(cv::Mat &image, float sigma) {
    // Three boxes of radius r have the variance r (r + 1).
    int r = std::max(1, int(std::lround((std::sqrt(1 + 4 * double(sigma) * sigma) - 1) / 2)));
    cv::Mat other(image.size(), CV_32S);
    box_rows(image, other, r);
    box_rows(other, image, r);
    box_rows(image, other, r);
    image = other;
}

/// Nearly a Gaussian, in whole numbers: the same bits on every processor.
cv::Mat blurred(const cv::Mat &in, float across, float down) {
    cv::Mat image = in.clone(), turned;
    box_three_times(image, across);
    cv::transpose(image, turned);
    box_three_times(turned, down);
    cv::transpose(turned, image);
    return image;
}

/// The layer's density 0...1 on the grid.
cv::Mat spread(const Grid &grid, const Layer &layer, const CVSFloor &floor, const Crop &crop) {
    float h = grid.height();
    cv::Mat part = blurred(covered(grid, layer, crop), layer.across * h, layer.down * h), out(part.size(), CV_32F);
    // Light from above carries a shadow nowhere, grazing light far.
    float reach = layer.carried * (1.6f - 1.3f * floor.light_height);
    int shift = int(std::lround(-floor.light_x * reach * h));
    for (int y = 0; y < part.rows; y++)
        for (int x = 0; x < part.cols; x++)
            out.at<float>(y, x) = float(part.at<int>(y, std::clamp(x - shift, 0, part.cols - 1))) / whole;
    return out;
}

float between(const cv::Mat &grid, float x, float y) {
    int i = std::clamp(int(x), 0, grid.cols - 2), j = std::clamp(int(y), 0, grid.rows - 2);
    float dx = std::clamp(x - float(i), 0.f, 1.f), dy = std::clamp(y - float(j), 0.f, 1.f);
    const float *above = grid.ptr<float>(j) + i, *below = grid.ptr<float>(j + 1) + i;
    return (above[0] * (1 - dx) + above[1] * dx) * (1 - dy) + (below[0] * (1 - dx) + below[1] * dx) * dy;
}

/// What layers leave of the light, on a grid.
struct Light {
    Grid grid;
    cv::Mat left;

    Light(const Grid &grid, std::initializer_list<Layer> layers, const CVSFloor &floor, const Crop &crop,
          CVSCancel cancel)
        : grid(grid), left(grid.size, CV_32F, cv::Scalar(1)) {
        for (const Layer &layer : layers) {
            stopIfCancelled(cancel);
            cv::Mat part = spread(grid, layer, floor, crop);
            for (int y = 0; y < left.rows; y++)
                for (int x = 0; x < left.cols; x++)
                    left.at<float>(y, x) *= 1 - std::min(1.f, layer.strength * part.at<float>(y, x));
        }
    }

    float at(float x, float y) const { return between(left, x / grid.factor + float(grid.margin), y / grid.factor); }
};

/// 1 inside the picture that the object was cut from, falling to 0 just past an end that cuts the object.
float seen(float x, float y, const Crop &crop, float height) {
    float past = 0;
    if (crop.left_cut) past = std::max(past, crop.left - x);
    if (crop.right_cut) past = std::max(past, x - crop.right);
    if (crop.bottom_cut) past = std::max(past, y - crop.bottom);
    return std::clamp(1 - past / (0.03f * height), 0.f, 1.f);
}

}  // namespace

cv::Mat shadow_density(const Footing &footing, const CVSFloor &floor, const Crop &crop, cv::Size canvas,
                       CVSCancel cancel) {
    cv::Mat density(canvas, CV_32F, cv::Scalar(0));
    if (footing.row.empty() || (floor.contact <= 0 && floor.soft <= 0)) return density;
    // Rubber on the floor, and the dark under the body; then the body's own occlusion, and the shadow of the whole.
    const float contact = floor.contact, soft = floor.soft;
    Light near(Grid(footing, canvas, 220),
               {{0.060f, 0.012f, 0.006f, 0, Layer::touching, 0.95f * contact},
                {0.190f, 0.040f, 0.018f, 0.02f, Layer::below, 0.92f * contact}},
               floor, crop, cancel);
    Light far(Grid(footing, canvas, 80),
              {{0.240f, 0.120f, 0.045f, 0.08f, Layer::whole, 0.72f * soft},
               {0.260f, 0.340f, 0.110f, 0.26f, Layer::whole, 0.70f * soft}},
              floor, crop, cancel);
    for (int y = 0; y < density.rows; y++) {
        if (y % 64 == 0) stopIfCancelled(cancel);
        float *d = density.ptr<float>(y);
        for (int x = 0; x < density.cols; x++) {
            float dark = 1 - near.at(float(x), float(y)) * far.at(float(x), float(y));
            // What the eye can't see is left out, so that the rest of the floor keeps its exact values.
            d[x] = dark < 0.002f ? 0 : dark * seen(float(x), float(y), crop, footing.height);
        }
    }
    return density;
}

}  // namespace cvs
