#include "Describe.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace cvs {
namespace {

constexpr int bins = 36;
constexpr int cells = 4, directions = 8;
/// Side of a histogram's square, in blurs.
constexpr double cellSide = 3;

/// exp(-x) at 0...8, in steps of 1/128.
class Decay {
public:
    Decay() {
        for (size_t i = 0; i < table.size(); ++i) table[i] = float(std::exp(-double(i) / 128));
    }
    float operator()(float x) const { return table[std::min(table.size() - 1, size_t(x * 128 + 0.5f))]; }

private:
    std::array<float, 8 * 128 + 2> table;
};

const Decay decay;

/// The angle of a direction, 0 ... 2 pi, to about 1e-5 (Abramowitz, Stegun 1964, 4.4.49).
float angleOf(float x, float y) {
    const float ax = std::abs(x), ay = std::abs(y), high = std::max(ax, ay), low = std::min(ax, ay);
    const float t = low / (high + 1e-20f), s = t * t;
    float angle = t * (0.9998660f + s * (-0.3302995f + s * (0.1801410f + s * (-0.0851330f + s * 0.0208351f))));
    if (ay > ax) angle = float(M_PI_2) - angle;
    if (x < 0) angle = float(M_PI) - angle;
    return y < 0 ? float(2 * M_PI) - angle : angle;
}

const Plane &levelOf(const Pyramid &pyramid, const Extremum &extremum) {
    return pyramid.level(std::clamp(int(std::lround(extremum.layer)), 1, layersPerOctave));
}

struct Gradient {
    float x, y, length;
};

Gradient gradientAt(const Plane &plane, int x, int y) {
    const float dx = plane.at(x + 1, y) - plane.at(x - 1, y), dy = plane.at(x, y + 1) - plane.at(x, y - 1);
    return {dx, dy, std::sqrt(dx * dx + dy * dy)};
}

}  // namespace

std::vector<double> directionsAt(const Pyramid &pyramid, const Extremum &extremum) {
    const Plane &plane = levelOf(pyramid, extremum);
    const double blur = 1.5 * blurOf(extremum.layer);
    const int radius = int(std::ceil(3 * blur));
    const int middleX = int(std::lround(extremum.x)), middleY = int(std::lround(extremum.y));
    float raw[bins] = {};
    const float narrow = float(1 / (2 * blur * blur));
    for (int y = std::max(1, middleY - radius); y <= std::min(plane.height() - 2, middleY + radius); ++y) {
        for (int x = std::max(1, middleX - radius); x <= std::min(plane.width() - 2, middleX + radius); ++x) {
            const float dx = float(x - extremum.x), dy = float(y - extremum.y);
            const float away = (dx * dx + dy * dy) * narrow;
            if (away > 4.5f) continue;
            const Gradient gradient = gradientAt(plane, x, y);
            const int bin = int(angleOf(gradient.x, gradient.y) * float(bins / (2 * M_PI)) + 0.5f);
            raw[bin >= bins ? bin - bins : bin] += decay(away) * gradient.length;
        }
    }
    float smooth[bins], most = 0;
    for (int i = 0; i < bins; ++i) {
        const auto at = [&](int k) { return raw[(i + k + bins) % bins]; };
        smooth[i] = (at(-2) + at(2) + 4 * (at(-1) + at(1)) + 6 * at(0)) / 16;
        most = std::max(most, smooth[i]);
    }
    std::vector<std::pair<float, double>> peaks;
    for (int i = 0; i < bins; ++i) {
        const float left = smooth[(i + bins - 1) % bins], right = smooth[(i + 1) % bins], top = smooth[i];
        if (top <= left || top < right || top < 0.8f * most) continue;
        const double bend = left + right - 2 * top;
        peaks.push_back({-top, (i + (bend < 0 ? (left - right) / (2 * bend) : 0)) * (2 * M_PI / bins)});
    }
    std::sort(peaks.begin(), peaks.end());
    std::vector<double> found;
    for (size_t i = 0; i < std::min<size_t>(2, peaks.size()); ++i) found.push_back(peaks[i].second);
    return found;
}

void describe(const Pyramid &pyramid, const Extremum &extremum, double direction, float *histograms) {
    const Plane &plane = levelOf(pyramid, extremum);
    const double side = cellSide * blurOf(extremum.layer);
    const int radius = int(std::lround(side * std::sqrt(2.0) * (cells + 1) / 2));
    // The level is too smooth for every pixel to count: four samples across a cell tell as much.
    const int stride = std::max(1, int(side / 4 + 0.5));
    const int middleX = int(std::lround(extremum.x)), middleY = int(std::lround(extremum.y));
    const float cosine = float(std::cos(direction) / side), sine = float(std::sin(direction) / side);
    // With a border of one cell, so that no sample needs a look at where it falls.
    float grid[cells + 2][cells + 2][directions + 1] = {};
    for (int y = -radius; y <= radius; y += stride) {
        for (int x = -radius; x <= radius; x += stride) {
            const int px = middleX + x, py = middleY + y;
            if (px < 1 || py < 1 || px > plane.width() - 2 || py > plane.height() - 2) continue;
            const float dx = float(px - extremum.x), dy = float(py - extremum.y);
            const float u = cosine * dx + sine * dy, v = cosine * dy - sine * dx;
            const float column = u + cells / 2 + 0.5f, row = v + cells / 2 + 0.5f;
            if (column <= 0 || row <= 0 || column >= cells + 1 || row >= cells + 1) continue;
            const Gradient gradient = gradientAt(plane, px, py);
            float turned = angleOf(gradient.x, gradient.y) - float(direction);
            if (turned < 0) turned += float(2 * M_PI);
            const float bin = turned * float(directions / (2 * M_PI));
            const float weight = gradient.length * decay((u * u + v * v) / (cells * cells / 2.0f));
            const int c = int(column), r = int(row), b = std::min(int(bin), directions - 1);
            const float fc = column - float(c), fr = row - float(r), fb = std::clamp(bin - float(b), 0.0f, 1.0f);
            const float low = weight * (1 - fr), high = weight * fr;
            const float parts[4] = {low * (1 - fc), low * fc, high * (1 - fc), high * fc};
            float *to[4] = {&grid[r][c][b], &grid[r][c + 1][b], &grid[r + 1][c][b], &grid[r + 1][c + 1][b]};
            for (int k = 0; k < 4; ++k) {
                to[k][0] += parts[k] * (1 - fb);
                to[k][1] += parts[k] * fb;
            }
        }
    }
    double square = 0;
    for (int r = 0; r < cells; ++r) {
        for (int c = 0; c < cells; ++c) {
            float *cell = grid[r + 1][c + 1];
            cell[0] += cell[directions];
            for (int b = 0; b < directions; ++b) {
                histograms[(r * cells + c) * directions + b] = cell[b];
                square += double(cell[b]) * cell[b];
            }
        }
    }
    const float most = float(0.2 * std::sqrt(square));
    for (int i = 0; i < cells * cells * directions; ++i) histograms[i] = std::min(histograms[i], most);
}

}  // namespace cvs
