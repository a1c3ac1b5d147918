#include "Fill.hpp"

#include <algorithm>
#include <cmath>

#include "Logo.hpp"

namespace cvs {
namespace {

/// Runs the few colours into each other.
class Blurred : public Fill {
public:
    Blurred(const Fit &fit, const Light &light) : fit(fit), light(light) {}
    Tint colour(int x, int y) const override {
        const cv::Point2d place = fit.place(x, y);
        return light.mean(place.x, place.y);
    }

private:
    const Fit &fit;
    const Light &light;
};

/// The same colours as tiles, each a little lighter or darker by its number, so that they are seen as tiles.
class Tiled : public Fill {
public:
    Tiled(const Fit &fit, const Light &light) : fit(fit), light(light) {
        across = std::clamp(int(std::lround(down * fit.aspect())), down, 16);
    }

    Tint colour(int x, int y) const override {
        Tint sum{};
        for (int i = 0; i < 4; ++i) {
            const cv::Point2d place = fit.place(x + (i % 2 ? 0.25 : -0.25), y + (i / 2 ? 0.25 : -0.25));
            const Tint tile = this->tile(place);
            for (int c = 0; c < 3; ++c) sum[c] += tile[c] / 4;
        }
        return sum;
    }

private:
    static constexpr int down = 3;
    const Fit &fit;
    const Light &light;
    int across;

    Tint tile(cv::Point2d place) const {
        const int column = std::clamp(int(std::floor(place.x * across)), 0, across - 1);
        const int row = std::clamp(int(std::floor(place.y * down)), 0, down - 1);
        Tint tint = light.mean((column + 0.5) / across, (row + 0.5) / down);
        const float tone = float((column * 7 + row * 13 + column * row * 5) % 5 - 2) * 9;
        for (float &value : tint) value = std::clamp(value + tone, 0.f, 255.f);
        return tint;
    }
};

class Plain : public Fill {
public:
    explicit Plain(Tint tint) : tint(tint) {}
    Tint colour(int, int) const override { return tint; }

private:
    Tint tint;
};

}  // namespace

std::unique_ptr<Fill> fill(const CVSCover &cover, const Fit &fit, const Light &light, const cv::Mat &logo,
                           CVSCancel cancel) {
    switch (cover.kind) {
        case CVSCoverKindBlur:
            return std::make_unique<Blurred>(fit, light);
        case CVSCoverKindPixelate:
            return std::make_unique<Tiled>(fit, light);
        case CVSCoverKindSolid:
            if (!cover.has_colour) return std::make_unique<Plain>(light.white());
            return std::make_unique<Plain>(Tint{float(cover.colour.r), float(cover.colour.g), float(cover.colour.b)});
        case CVSCoverKindLogo:
            if (logo.empty()) throw Error{CVSStatusBadArgument, "there is no logo"};
            return std::make_unique<Mounted>(logo, fit, light, cancel);
    }
    throw Error{CVSStatusBadArgument, "there is no such cover"};
}

}  // namespace cvs
