#include <cmath>

#include "Scene.hpp"

namespace cvs {

// In double, so that the last bits in which math libraries differ never reach a pixel.
float linear(float srgb) {
    return srgb <= 0.04045f ? srgb / 12.92f : float(std::pow((double(srgb) + 0.055) / 1.055, 2.4));
}
float encoded(float light) {
    return light <= 0.0031308f ? light * 12.92f : float(1.055 * std::pow(double(light), 1 / 2.4) - 0.055);
}

namespace {

using Colour = cv::Vec3f;

Colour light_of(const float srgb[3]) { return {linear(srgb[0]), linear(srgb[1]), linear(srgb[2])}; }

float smooth(float edge0, float edge1, float x) {
    float t = std::min(std::max((x - edge0) / std::max(edge1 - edge0, 1e-6f), 0.f), 1.f);
    return t * t * t * (t * (t * 6 - 15) + 10);
}

/// Even noise in 0...1 from the place alone (PCG hash, Jarzynski and Olano 2020).
float noise(uint32_t x, uint32_t y, uint32_t channel) {
    uint32_t state = (x + y * 16384u + channel * 268435399u) * 747796405u + 2891336453u;
    uint32_t word = ((state >> ((state >> 28) + 4)) ^ state) * 277803737u;
    return float((word >> 22) ^ word) * (1.f / 4294967296.f);
}

/// 1 in the middle of an ellipse, falling like a Gaussian.
float spot(float x, float y, float cx, float cy, float rx, float ry) {
    float dx = (x - cx) / std::max(rx, 1e-3f), dy = (y - cy) / std::max(ry, 1e-3f);
    return float(std::exp(-double(dx * dx + dy * dy)));
}

/// A backdrop whose colours are already light.
struct Studio {
    const CVSBackdrop &b;
    Colour wall_top = light_of(b.wall_top), wall_foot = light_of(b.wall_foot);
    Colour floor_far = light_of(b.floor_far), floor_near = light_of(b.floor_near);
    Colour glow = light_of(b.glow), pool = light_of(b.pool);

    /// The light at a place of the canvas (fractions of width and height).
    Colour at(float x, float y) const {
        float up = smooth(0, b.horizon, y), down = smooth(b.horizon, 1, y);
        Colour wall = wall_top * (1 - up) + wall_foot * up, floor = floor_far * (1 - down) + floor_near * down;
        wall += glow * (b.glow_strength * spot(x, y, b.glow_x, b.glow_y, b.glow_width, b.glow_height));
        floor += pool * (b.pool_strength * spot(x, y, b.pool_x, b.pool_y, b.pool_width, b.pool_height));
        float below = smooth(b.horizon - b.sweep / 2, b.horizon + b.sweep / 2, y);
        float dx = (x - 0.5f) / 0.72f, dy = (y - 0.5f) / 0.72f;
        float corner = smooth(0.35f, 1.05f, std::sqrt(dx * dx + dy * dy));
        return (wall * (1 - below) + floor * below) * (1 - b.vignette * corner);
    }
};

/// `encoded` in 65536 steps, times 255.
std::vector<float> encoding_table() {
    std::vector<float> table(65536);
    for (size_t i = 0; i < table.size(); i++) table[i] = encoded(float(i) / 65535) * 255;
    return table;
}

}  // namespace
}  // namespace cvs

extern "C" CVS_EXPORT CVSStatus cvs_scene_backdrop(const CVSBackdrop *backdrop, int32_t width, int32_t height,
                                                   CVSCancel cancel, CVSImage **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (width < 16 || height < 16 || width > 16384 || height > 16384)
            throw cvs::Error{CVSStatusBadArgument, "a canvas side is 16 to 16384 pixels"};
        cv::Mat canvas(height, width, CV_8UC3);
        cvs::Studio studio{*backdrop};
        auto table = cvs::encoding_table();
        for (int y = 0; y < height; y++) {
            cvs::stopIfCancelled(cancel);
            cv::Vec3b *row = canvas.ptr<cv::Vec3b>(y);
            for (int x = 0; x < width; x++) {
                auto light = studio.at((float(x) + 0.5f) / float(width), (float(y) + 0.5f) / float(height));
                for (int c = 0; c < 3; c++) {
                    // Triangular noise of one step either way breaks the bands and adds no bias.
                    float dither = cvs::noise(uint32_t(x), uint32_t(y), uint32_t(c)) +
                                   cvs::noise(uint32_t(x), uint32_t(y), uint32_t(c) + 7u) - 1;
                    row[x][c] =
                        cv::saturate_cast<uint8_t>(table[cv::saturate_cast<uint16_t>(light[c] * 65535)] + dither);
                }
            }
        }
        *out = new CVSImage{canvas};
    });
}
