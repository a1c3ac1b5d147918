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

/// What each sRGB value of each channel becomes, 0...255: white balance, then tone.
using Tones = std::array<std::array<float, 256>, 3>;

Tones tone_tables(const CVSPlacement &p) {
    Tones tables;
    for (size_t c = 0; c < 3; c++) {
        double w = p.white_balance[c], g = p.tone_gain;
        for (int i = 0; i < 256; i++) {
            double x = linear(float(i) / 255), y = x * (w + (1 - w) * x * x * x * x);
            y = g * y / (1 + (g - 1) * y);
            tables[c][size_t(i)] = g == 1 && w == 1 ? float(i) : encoded(float(y)) * 255;
        }
    }
    return tables;
}

/// Premultiplied pixels of `box`, each the mean of `factor` x `factor` of the picture's, with transparency beyond it.
Source premultiplied(const cv::Mat &rgba, const CVSPlacement &p, int factor, CVSCancel cancel) {
    cv::Mat alpha;
    cv::extractChannel(rgba, alpha, 3);
    cv::Rect box = cv::boundingRect(alpha);
    if (box.empty()) return {cv::Mat(), 0, 0, 1};
    Tones tones = tone_tables(p);
    cv::Mat out((box.height + factor - 1) / factor, (box.width + factor - 1) / factor, CV_32FC4, cv::Scalar());
    float share = 1.f / float(factor * factor);
    for (int y = 0; y < box.height; y++) {
        if (y % 64 == 0) stopIfCancelled(cancel);
        const cv::Vec4b *from = rgba.ptr<cv::Vec4b>(box.y + y) + box.x;
        Lane *to = reinterpret_cast<Lane *>(out.ptr(y / factor));
        for (int x = 0; x < box.width; x++) {
            if (from[x][3] == 0) continue;
            float a = float(from[x][3]) / 255;
            Lane value = {tones[0][from[x][0]] * a, tones[1][from[x][1]] * a, tones[2][from[x][2]] * a,
                          float(from[x][3])};
            to[x / factor] += value * share;
        }
    }
    double middle = (factor - 1) / 2.0;
    return {out, box.x + middle, box.y + middle, double(factor)};
}

/// Halves until `scale` is at least one half of the result's own pixels. The first halving is done while reading.
Source shrunk(const cv::Mat &rgba, const CVSPlacement &p, CVSCancel cancel) {
    Source source = premultiplied(rgba, p, p.scale < 0.5 && std::min(rgba.cols, rgba.rows) > 16 ? 2 : 1, cancel);
    while (p.scale * source.step < 0.5 && std::min(source.pixels.cols, source.pixels.rows) > 8)
        source = {halved(source.pixels, cancel), source.x + source.step / 2, source.y + source.step / 2,
                  source.step * 2};
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

cv::Mat halved(const cv::Mat &pixels, CVSCancel cancel) {
    stopIfCancelled(cancel);
    cv::Mat half((pixels.rows + 1) / 2, (pixels.cols + 1) / 2, CV_32FC4);
    for (int y = 0; y < half.rows; y++) {
        const Lane *upper = reinterpret_cast<const Lane *>(pixels.ptr(2 * y));
        bool odd = 2 * y + 1 == pixels.rows;
        const Lane *lower = odd ? nullptr : reinterpret_cast<const Lane *>(pixels.ptr(2 * y + 1));
        Lane *out = reinterpret_cast<Lane *>(half.ptr(y));
        for (int x = 0; x < half.cols; x++) {
            bool single = 2 * x + 1 == pixels.cols;
            Lane sum = upper[2 * x] + (single ? Lane{} : upper[2 * x + 1]);
            if (lower) sum += lower[2 * x] + (single ? Lane{} : lower[2 * x + 1]);
            out[x] = sum * 0.25f;
        }
    }
    return half;
}

cv::Mat place(const cv::Mat &rgba, const CVSPlacement &p, cv::Size canvas, CVSCancel cancel) {
    cv::Mat out(canvas, CV_32FC4, cv::Scalar());
    Source source = shrunk(rgba, p, cancel);
    if (source.pixels.empty()) return out;
    double squeeze = std::min(1.0, p.scale * source.step);
    double cosine = std::cos(p.roll) / p.scale, sine = std::sin(p.roll) / p.scale;
    auto outside = [](double place, int length) { return place < -4 || place > length + 3; };
    // Without a turn each column has the same taps in every row.
    std::vector<Taps> columns;
    for (int x = 0; x < canvas.width && sine == 0; x++)
        columns.emplace_back((p.anchor.x + cosine * (x - p.target.x) - source.x) / source.step, squeeze,
                             source.pixels.cols);
    for (int y = 0; y < canvas.height; y++) {
        if (y % 16 == 0) stopIfCancelled(cancel);
        cv::Vec4f *row = out.ptr<cv::Vec4f>(y);
        double dy = y - p.target.y;
        if (sine == 0 && outside((p.anchor.y + cosine * dy - source.y) / source.step, source.pixels.rows)) continue;
        Taps level((p.anchor.y + cosine * dy - source.y) / source.step, squeeze, source.pixels.rows);
        for (int x = 0; x < canvas.width; x++) {
            double dx = x - p.target.x;
            double sx = (p.anchor.x + cosine * dx + sine * dy - source.x) / source.step;
            double sy = (p.anchor.y - sine * dx + cosine * dy - source.y) / source.step;
            if (outside(sx, source.pixels.cols) || outside(sy, source.pixels.rows)) continue;
            Lane value = sine == 0 ? gathered(source.pixels, columns[size_t(x)], level)
                                   : gathered(source.pixels, Taps(sx, squeeze, source.pixels.cols),
                                              Taps(sy, squeeze, source.pixels.rows));
            // The cubic overshoots at edges: alpha stays in range, and no colour is brighter than its alpha allows.
            float a = std::min(std::max(value[3], 0.f), 255.f);
            for (int c = 0; c < 3; c++) row[x][c] = std::min(std::max(value[c], 0.f), a);
            row[x][3] = a;
        }
    }
    return out;
}

}  // namespace cvs
