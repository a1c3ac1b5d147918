#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "Scene.hpp"

namespace cvs {

namespace {

using Lane = float __attribute__((vector_size(16)));

/// Cubic convolution with a = -1/2 (Keys 1981).
float cubic(float x) {
    x = std::abs(x);
    if (x < 1) return (1.5f * x - 2.5f) * x * x + 1;
    if (x < 2) return ((-0.5f * x + 2.5f) * x - 4) * x + 2;
    return 0;
}

/// Premultiplied source, and where its first pixel lies and how many source pixels one of its own takes.
struct Source {
    cv::Mat pixels;
    double x, y, step;
};

std::array<float, 256> tone_table(double gain) {
    std::array<float, 256> table;
    for (int i = 0; i < 256; i++) {
        double light = linear(float(i) / 255);
        double toned = gain * light / (1 + (gain - 1) * light);
        table[size_t(i)] = gain == 1 ? float(i) : encoded(float(toned)) * 255;
    }
    return table;
}

Source premultiplied(const cv::Mat &rgba, double gain, CVSCancel cancel) {
    cv::Mat alpha;
    cv::extractChannel(rgba, alpha, 3);
    cv::Rect box = cv::boundingRect(alpha);
    if (box.empty()) return {cv::Mat(), 0, 0, 1};
    auto table = tone_table(gain);
    cv::Mat out(box.size(), CV_32FC4);
    for (int y = 0; y < box.height; y++) {
        if (y % 64 == 0) stopIfCancelled(cancel);
        const cv::Vec4b *from = rgba.ptr<cv::Vec4b>(box.y + y) + box.x;
        cv::Vec4f *to = out.ptr<cv::Vec4f>(y);
        for (int x = 0; x < box.width; x++) {
            float a = float(from[x][3]) / 255;
            to[x] = {table[from[x][0]] * a, table[from[x][1]] * a, table[from[x][2]] * a, float(from[x][3])};
        }
    }
    return {out, double(box.x), double(box.y), 1};
}

/// Halves by 2 x 2 means, with transparency beyond the border, until `scale` is at least one half of the result's own
/// pixels.
Source shrunk(Source source, double scale, CVSCancel cancel) {
    while (scale * source.step < 0.5 && std::min(source.pixels.cols, source.pixels.rows) > 8) {
        stopIfCancelled(cancel);
        cv::Mat half((source.pixels.rows + 1) / 2, (source.pixels.cols + 1) / 2, CV_32FC4);
        for (int y = 0; y < half.rows; y++) {
            const Lane *upper = reinterpret_cast<const Lane *>(source.pixels.ptr(2 * y));
            bool odd = 2 * y + 1 == source.pixels.rows;
            const Lane *lower = odd ? nullptr : reinterpret_cast<const Lane *>(source.pixels.ptr(2 * y + 1));
            Lane *out = reinterpret_cast<Lane *>(half.ptr(y));
            for (int x = 0; x < half.cols; x++) {
                bool single = 2 * x + 1 == source.pixels.cols;
                Lane sum = upper[2 * x] + (single ? Lane{} : upper[2 * x + 1]);
                if (lower) sum += lower[2 * x] + (single ? Lane{} : lower[2 * x + 1]);
                out[x] = sum * 0.25f;
            }
        }
        source = {half, source.x + source.step / 2, source.y + source.step / 2, source.step * 2};
    }
    return source;
}

/// Taps of one axis round `centre`: outside the picture is transparent, so their weights count there too.
struct Taps {
    int first = 0, count = 0;
    std::array<float, 12> weight;

    Taps(double centre, double squeeze, int length) {
        double radius = 2 / squeeze;
        int from = int(std::ceil(centre - radius)), to = std::min(int(std::floor(centre + radius)), from + 11);
        float sum = 0;
        for (int i = from; i <= to; i++) {
            float w = cubic(float((i - centre) * squeeze));
            sum += w;
            if (i < 0 || i >= length) continue;
            if (count == 0) first = i;
            weight[size_t(count++)] = w;
        }
        for (int i = 0; i < count; i++) weight[size_t(i)] /= sum;
    }
};

Lane gathered(const cv::Mat &pixels, const Taps &across, const Taps &down) {
    Lane sum = {0, 0, 0, 0};
    for (int j = 0; j < down.count; j++) {
        const Lane *row = reinterpret_cast<const Lane *>(pixels.ptr<cv::Vec4f>(down.first + j)) + across.first;
        Lane line = {0, 0, 0, 0};
        for (int i = 0; i < across.count; i++) line += row[i] * across.weight[size_t(i)];
        sum += line * down.weight[size_t(j)];
    }
    return sum;
}

}  // namespace

cv::Mat place(const cv::Mat &rgba, const CVSPlacement &p, cv::Size canvas, CVSCancel cancel) {
    cv::Mat out(canvas, CV_32FC4, cv::Scalar());
    Source source = shrunk(premultiplied(rgba, p.tone_gain, cancel), p.scale, cancel);
    if (source.pixels.empty()) return out;
    double squeeze = std::min(1.0, p.scale * source.step);
    double cosine = std::cos(p.roll) / p.scale, sine = std::sin(p.roll) / p.scale;
    for (int y = 0; y < canvas.height; y++) {
        if (y % 16 == 0) stopIfCancelled(cancel);
        cv::Vec4f *row = out.ptr<cv::Vec4f>(y);
        for (int x = 0; x < canvas.width; x++) {
            double dx = x - p.target.x, dy = y - p.target.y;
            double sx = (p.anchor.x + cosine * dx + sine * dy - source.x) / source.step;
            double sy = (p.anchor.y - sine * dx + cosine * dy - source.y) / source.step;
            if (sx < -4 || sy < -4 || sx > source.pixels.cols + 3 || sy > source.pixels.rows + 3) continue;
            Taps across(sx, squeeze, source.pixels.cols), down(sy, squeeze, source.pixels.rows);
            Lane value = gathered(source.pixels, across, down);
            // The cubic overshoots at edges: alpha stays in range, and no colour is brighter than its alpha allows.
            float a = std::min(std::max(value[3], 0.f), 255.f);
            for (int c = 0; c < 3; c++) row[x][c] = std::min(std::max(value[c], 0.f), a);
            row[x][3] = a;
        }
    }
    return out;
}

}  // namespace cvs
