#include "Underbody.hpp"

#include <algorithm>
#include <cmath>

namespace {

// A car's proportions, as shares of its length and its height.
constexpr double tyreWidth = 0.052, flankBand = 0.03, middle = 0.13;
constexpr double lowestSill = 0.05, highestSill = 0.35;

/// One side of the car, by slices across it: how far out the flank is and how low it reaches.
struct Flank {
    std::vector<double> out, low;
};

/// The rows and slices that the hull takes up.
struct Extent {
    int top = -1, first = -1, last = -1;
};

Extent extentOf(const cvs::Grid &grid) {
    Extent extent;
    for (int z = 0; z < grid.nz; ++z)
        for (int y = 0; y < grid.ny; ++y)
            for (int x = 0; x < grid.nx; ++x) {
                if (grid.at(x, y, z) <= 0) continue;
                if (extent.first < 0) extent.first = z;
                extent.last = z;
                extent.top = std::max(extent.top, y);
            }
    return extent;
}

Flank flankOf(const cvs::Grid &grid, int side, double height, double band) {
    Flank flank;
    flank.out.assign(size_t(grid.nz), 0);
    flank.low.assign(size_t(grid.nz), height);
    for (int z = 0; z < grid.nz; ++z) {
        double &out = flank.out[size_t(z)], &low = flank.low[size_t(z)];
        for (int y = 0; y < grid.ny; ++y) {
            const double up = grid.place(0, y, z)[1];
            if (up < 0.2 * height || up > 0.55 * height) continue;
            for (int x = 0; x < grid.nx; ++x)
                if (grid.at(x, y, z) > 0) out = std::max(out, side * grid.place(x, y, z)[0]);
        }
        for (int x = 0; x < grid.nx; ++x) {
            const double away = side * grid.place(x, 0, z)[0];
            if (away < out - band || away > out) continue;
            for (int y = 0; y < grid.ny; ++y) {
                if (grid.at(x, y, z) <= 0) continue;
                low = std::min(low, std::max(0.0, grid.place(x, y, z)[1]));
                break;
            }
        }
    }
    return flank;
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + long(values.size() / 2), values.end());
    return values[values.size() / 2];
}

/// Slices from one to another.
struct Run {
    int first, last;
};

/// The wheel of one half of the car: where the flank reaches down below half of the sill, out to where it is up again.
bool findWheel(const std::vector<double> &low, Run half, double sill, Run &wheel) {
    int lowest = half.first;
    for (int z = half.first; z <= half.last; ++z)
        if (low[size_t(z)] < low[size_t(lowest)]) lowest = z;
    if (low[size_t(lowest)] > 0.5 * sill) return false;
    int end = lowest;
    while (end < half.last && low[size_t(end)] <= low[size_t(lowest)]) ++end;
    wheel = {lowest, end};
    while (wheel.first > half.first && low[size_t(wheel.first)] < 0.9 * sill) --wheel.first;
    while (wheel.last < half.last && low[size_t(wheel.last)] < 0.9 * sill) ++wheel.last;
    return true;
}

}  // namespace

bool cvs::clearUnderbody(Grid &grid, CVSCancel cancel) {
    const Extent extent = extentOf(grid);
    if (extent.top < 0) return false;
    const double height = grid.place(0, extent.top, 0)[1], length = (extent.last - extent.first) * grid.step;
    const Flank sides[2] = {flankOf(grid, 1, height, flankBand * length),
                            flankOf(grid, -1, height, flankBand * length)};
    std::vector<double> low;
    for (size_t z = 0; z < size_t(grid.nz); ++z) low.push_back(std::min(sides[0].low[z], sides[1].low[z]));
    const int centre = (extent.first + extent.last) / 2, reach = int(middle * length / grid.step);
    const double sill = median({low.begin() + (centre - reach), low.begin() + (centre + reach + 1)});
    if (sill < lowestSill * height || sill > highestSill * height) return false;
    Run wheels[2];
    if (!findWheel(low, {extent.first, centre - reach}, sill, wheels[0]) ||
        !findWheel(low, {centre + reach, extent.last}, sill, wheels[1]))
        return false;
    std::vector<double> floor(low);
    for (const Run &wheel : wheels) {
        for (int z = wheel.first; z <= wheel.last; ++z) {
            const double share = double(z - wheel.first) / std::max(1, wheel.last - wheel.first);
            floor[size_t(z)] = low[size_t(wheel.first)] * (1 - share) + low[size_t(wheel.last)] * share;
        }
    }
    // Overhangs may rise, but a bumper's corner says little about the height of the floor behind it.
    for (double &up : floor) up = std::min(up, 1.25 * sill);
    double inner[2][2];
    for (int w = 0; w < 2; ++w)
        for (int s = 0; s < 2; ++s) {
            std::vector<double> outs;
            for (int z = wheels[w].first; z <= wheels[w].last; ++z) outs.push_back(sides[s].out[size_t(z)]);
            inner[w][s] = median(outs) - tyreWidth * length;
        }
    for (int z = 0; z < grid.nz; ++z) {
        stopIfCancelled(cancel);
        for (int y = 0; y < grid.ny; ++y) {
            const double above = grid.place(0, y, z)[1] - floor[size_t(z)];
            if (above > 4 * grid.step) break;
            for (int x = 0; x < grid.nx; ++x) {
                const double across = grid.place(x, y, z)[0];
                double allowed = above;
                for (int w = 0; w < 2; ++w) {
                    const double along = std::min(z - wheels[w].first, wheels[w].last - z) * grid.step;
                    const int s = across > 0 ? 0 : 1;
                    allowed = std::max(allowed, std::min(std::abs(across) - inner[w][s], along));
                }
                float &value = grid.at(x, y, z);
                value = std::min(value, float(allowed));
            }
        }
    }
    return true;
}
