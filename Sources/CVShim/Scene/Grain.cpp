#include <cmath>

#include "Scene.hpp"

namespace cvs {

float noise(uint32_t x, uint32_t y, uint32_t channel) {
    uint32_t state = (x + y * 16384u + channel * 268435399u) * 747796405u + 2891336453u;
    uint32_t word = ((state >> ((state >> 28) + 4)) ^ state) * 277803737u;
    return float((word >> 22) ^ word) * (1.f / 4294967296.f);
}

namespace {

/// The lattice repeats after this many points, which nobody sees.
constexpr uint32_t period = 256;

float ramp(float x) {
    x = std::min(std::max(x, 0.f), 1.f);
    return x * x * (3 - 2 * x);
}

}  // namespace

Grain::Grain(const CVSBackdrop &backdrop, cv::Size canvas) : backdrop(backdrop), canvas(canvas) {
    factor.assign(size_t(canvas.width), 1);
    points.reserve(period * period);
    for (uint32_t y = 0; y < period; y++)
        for (uint32_t x = 0; x < period; x++) points.push_back(2 * noise(x, y, 11) - 1);
}

/// Noise between the points of a lattice, -1...1 (Perlin's value noise).
float Grain::lattice(float x, float y, uint32_t layer) const {
    // Moved well above 0, so that places left of the middle have a number too.
    x += 4096;
    uint32_t i = uint32_t(x), j = uint32_t(y) + layer * 37;
    float dx = x - float(i), dy = y - float(uint32_t(y));
    dx = dx * dx * (3 - 2 * dx);
    dy = dy * dy * (3 - 2 * dy);
    const float *upper = &points[j % period * period], *lower = &points[(j + 1) % period * period];
    uint32_t left = i % period, right = (i + 1) % period;
    float above = upper[left] * (1 - dx) + upper[right] * dx;
    return above * (1 - dy) + (lower[left] * (1 - dx) + lower[right] * dx) * dy;
}

/// The floor runs away to a line well above the one where it meets the wall: the wall stands between.
static float away(const CVSBackdrop &backdrop, float y) { return 1 / std::max(y - backdrop.horizon + 0.22f, 0.1f); }

static float floor_share(const CVSBackdrop &backdrop, float y) {
    float sweep = std::max(backdrop.sweep, 0.02f);
    return ramp((y - backdrop.horizon + sweep / 2) / sweep);
}

float Grain::coarse(float x, float y) const {
    float below = floor_share(backdrop, y), far = away(backdrop, y), sum = 0;
    x = (x - 0.5f) * float(canvas.width) / float(canvas.height);
    if (below < 1) sum += backdrop.wall_grain * (1 - below) * 0.5f * lattice(5 * x, 4 * y, 0);
    if (below > 0)
        sum += backdrop.floor_grain * below *
               (0.40f * lattice(2.2f * x * far, 5 * far, 1) + 0.30f * lattice(9 * x * far, 17 * far, 2));
    return 1 + sum;
}

void Grain::row(int line) {
    float y = (float(line) + 0.5f) / float(canvas.height), aspect = float(canvas.width) / float(canvas.height);
    float below = floor_share(backdrop, y), far = away(backdrop, y);
    float wall = backdrop.wall_grain * (1 - below), floor = backdrop.floor_grain * below * ramp(1.5f / far);
    for (int i = 0; i < canvas.width; i++) {
        float x = ((float(i) + 0.5f) / float(canvas.width) - 0.5f) * aspect, sum = 0;
        if (wall > 0) sum += wall * (0.3f * lattice(60 * x, 55 * y, 3) + 0.2f * lattice(260 * x, 260 * y, 4));
        if (floor > 0)
            sum += floor * (0.35f * lattice(55 * x * far, 90 * far, 5) + 0.30f * lattice(190 * x * far, 300 * far, 6));
        factor[size_t(i)] = 1 + sum;
    }
}

}  // namespace cvs
