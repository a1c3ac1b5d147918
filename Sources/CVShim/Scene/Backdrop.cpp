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

/// The light changes so slowly that it is worked out on every fourth pixel only.
constexpr int step = 4;

Colour light_of(const float srgb[3]) { return {linear(srgb[0]), linear(srgb[1]), linear(srgb[2])}; }

float smooth(float edge0, float edge1, float x) {
    float t = std::min(std::max((x - edge0) / std::max(edge1 - edge0, 1e-6f), 0.f), 1.f);
    return t * t * t * (t * (t * 6 - 15) + 10);
}

/// 1 in the middle of an ellipse, falling like a Gaussian.
Colour spot(const CVSLight &light, float x, float y) {
    float dx = (x - light.x) / std::max(light.width, 1e-3f), dy = (y - light.y) / std::max(light.height, 1e-3f);
    return light_of(light.colour) * (light.strength * float(std::exp(-double(dx * dx + dy * dy))));
}

/// A backdrop whose colours are already light.
struct Studio {
    const CVSBackdrop &b;
    Colour wall_top = light_of(b.wall_top), wall_foot = light_of(b.wall_foot);
    Colour floor_far = light_of(b.floor_far), floor_near = light_of(b.floor_near);
    Colour line_left = light_of(b.line_left), line_right = light_of(b.line_right);

    /// Upright panels side by side, a little darker towards their edges; `blur` widens the fading.
    float panels(float x, float y, float blur) const {
        if (b.panels < 1 || b.panel_light <= 0) return 0;
        float soft = b.panel_soft + blur, place = (x - 0.5f) * (b.panels + 0.6f) + b.panels / 2;
        float inside = place - std::floor(place), at = std::min(inside, 1 - inside);
        bool beyond = place < 0 || place >= b.panels;
        float across = beyond ? 0 : smooth(0.06f, 0.06f + std::min(0.44f, soft * b.panels), at);
        float down = smooth(b.panel_top - soft, b.panel_top + soft, y) *
                     (1 - smooth(b.panel_foot - soft, b.panel_foot + soft, y));
        return b.panel_light * across * down;
    }

    Colour wall(float x, float y, float blur) const {
        float up = smooth(0, b.horizon, y), light = panels(x, y, blur);
        Colour wall = wall_top * (1 - up) + wall_foot * up + spot(b.glow, x, y);
        return wall + Colour(light, light, light);
    }

    Colour floor(float x, float y) const {
        float down = smooth(b.horizon, 1, y);
        Colour floor = floor_far * (1 - down) + floor_near * down + spot(b.pool, x, y);
        if (b.mirror <= 0) return floor;
        // Grazing light is mirrored most (Schlick 1994), and a long way down the image is blurred.
        float below = std::max(y - b.horizon, 0.f), share = b.mirror * (1 - 0.7f * down);
        return floor * (1 - share) + wall(x, b.horizon - below * 0.9f, 0.02f + 0.5f * below) * share;
    }

    /// The light at a place of the canvas (fractions of width and height), but the line.
    Colour at(float x, float y) const {
        float below = smooth(b.horizon - b.sweep / 2, b.horizon + b.sweep / 2, y);
        Colour light(0, 0, 0);
        if (below < 1) light += wall(x, y, 0) * (1 - below);
        if (below > 0) light += floor(x, y) * below;
        float dx = (x - 0.5f) / 0.72f, dy = (y - 0.5f) / 0.72f;
        float corner = smooth(0.35f, 1.05f, std::sqrt(dx * dx + dy * dy));
        return light * ((1 - b.vignette * corner) * (1 + 0.09f * b.light_x * (2 * x - 1)));
    }

    /// How bright the line of light is at a height: its core, its halo, and its image on the floor.
    float line(float y) const {
        if (b.line_strength <= 0) return 0;
        auto bell = [](float d) { return float(std::exp(-double(d * d))); };
        float d = y - b.horizon;
        float light = bell(d / 0.0035f) + 0.10f * bell(d / 0.03f);
        if (d > 0) light += b.mirror * (0.25f * bell((d - 0.012f) / 0.012f) + 0.12f * bell(d / 0.12f));
        return b.line_strength * light;
    }
    Colour line_colour(float x) const {
        float middle = std::min(1.f, std::abs(2 * x - 1)), right = smooth(0.15f, 0.85f, x);
        return (line_left * (1 - right) + line_right * right) * (1 - 0.75f * middle * middle);
    }
};

/// Two rows of `Studio::at` on every fourth pixel, and the light between them.
class Field {
    const Studio &studio;
    const Grain &grain;
    cv::Size canvas;
    int upper_row = -2;
    std::vector<Colour> upper, lower;

    std::vector<Colour> row(int index) const {
        std::vector<Colour> row;
        float y = (float(index * step) + 0.5f) / float(canvas.height);
        for (int i = 0; i <= canvas.width / step + 1; i++) {
            float x = (float(i * step) + 0.5f) / float(canvas.width);
            row.push_back(studio.at(x, y) * grain.coarse(x, y));
        }
        return row;
    }

public:
    Field(const Studio &studio, const Grain &grain, cv::Size canvas) : studio(studio), grain(grain), canvas(canvas) {}

    void light(int y, std::vector<Colour> &out) {
        int index = y / step;
        if (index != upper_row) {
            upper = index == upper_row + 1 ? lower : row(index);
            lower = row(index + 1);
            upper_row = index;
        }
        float down = float(y % step) / step;
        for (int x = 0; x < canvas.width; x++) {
            int i = x / step;
            float across = float(x % step) / step;
            Colour above = upper[size_t(i)] * (1 - across) + upper[size_t(i) + 1] * across;
            Colour below = lower[size_t(i)] * (1 - across) + lower[size_t(i) + 1] * across;
            out[size_t(x)] = above * (1 - down) + below * down;
        }
    }
};

/// Triangular noise of one step either way breaks the bands and adds no bias.
class Dither {
    static constexpr uint32_t side = 128;
    std::vector<float> tile;

public:
    Dither() {
        for (uint32_t y = 0; y < side; y++)
            for (uint32_t x = 0; x < side; x++)
                for (uint32_t c = 0; c < 3; c++) tile.push_back(noise(x, y, c) + noise(x, y, c + 7) - 1);
    }
    float at(int x, int y, int c) const {
        return tile[(uint32_t(y) % side * side + uint32_t(x) % side) * 3 + uint32_t(c)];
    }
};

/// `encoded` in 65536 steps, times 255.
std::vector<float> encoding_table() {
    std::vector<float> table(65536);
    for (size_t i = 0; i < table.size(); i++) table[i] = encoded(float(i) / 65535) * 255;
    return table;
}

}  // namespace

void paint(const CVSBackdrop &backdrop, cv::Mat &canvas, CVSCancel cancel) {
    Studio studio{backdrop};
    Grain grain(backdrop, canvas.size());
    Field field(studio, grain, canvas.size());
    Dither dither;
    auto table = encoding_table();
    std::vector<Colour> light(size_t(canvas.cols)), line;
    for (int x = 0; x < canvas.cols; x++) line.push_back(studio.line_colour((float(x) + 0.5f) / float(canvas.cols)));
    for (int y = 0; y < canvas.rows; y++) {
        stopIfCancelled(cancel);
        field.light(y, light);
        grain.row(y);
        float along = studio.line((float(y) + 0.5f) / float(canvas.rows));
        cv::Vec3b *row = canvas.ptr<cv::Vec3b>(y);
        for (int x = 0; x < canvas.cols; x++) {
            Colour value = (light[size_t(x)] + line[size_t(x)] * along) * grain.at(x);
            for (int c = 0; c < 3; c++) {
                float shown = table[cv::saturate_cast<uint16_t>(value[c] * 65535)] + dither.at(x, y, c);
                row[x][c] = cv::saturate_cast<uint8_t>(shown);
            }
        }
    }
}

}  // namespace cvs

extern "C" CVS_EXPORT CVSStatus cvs_scene_backdrop(const CVSBackdrop *backdrop, int32_t width, int32_t height,
                                                   CVSCancel cancel, CVSImage **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (width < 16 || height < 16 || width > 16384 || height > 16384)
            throw cvs::Error{CVSStatusBadArgument, "a canvas side is 16 to 16384 pixels"};
        cv::Mat canvas(height, width, CV_8UC3);
        cvs::paint(*backdrop, canvas, cancel);
        *out = new CVSImage{canvas};
    });
}
