#include <algorithm>

#include "Volume.hpp"

namespace {

// Sweeps at each level, and at the coarsest, which is so long at most.
constexpr int sweeps = 8, coarsestSweeps = 200, coarsest = 12;
constexpr float mostWeight = 3;

struct Level {
    int nx, ny, nz;
    /// What was observed times its weight, and the weight.
    std::vector<float> pulls, weights;
    float smoothness;

    size_t index(int x, int y, int z) const { return (size_t(z) * size_t(ny) + size_t(y)) * size_t(nx) + size_t(x); }
};

Level halved(const Level &fine) {
    Level coarse{(fine.nx + 1) / 2, (fine.ny + 1) / 2, (fine.nz + 1) / 2, {}, {}, fine.smoothness / 4};
    coarse.pulls.assign(size_t(coarse.nx) * size_t(coarse.ny) * size_t(coarse.nz), 0);
    coarse.weights = coarse.pulls;
    for (int z = 0; z < fine.nz; ++z)
        for (int y = 0; y < fine.ny; ++y)
            for (int x = 0; x < fine.nx; ++x) {
                const size_t from = fine.index(x, y, z), to = coarse.index(x / 2, y / 2, z / 2);
                coarse.pulls[to] += fine.pulls[from] / 8;
                coarse.weights[to] += fine.weights[from] / 8;
            }
    return coarse;
}

/// One pass of Gauss and Seidel, there or back.
void sweep(const Level &level, std::vector<float> &values, bool isBack, CVSCancel cancel) {
    const size_t down = size_t(level.nx), deep = size_t(level.nx) * size_t(level.ny);
    for (int i = 0; i < level.nz; ++i) {
        cvs::stopIfCancelled(cancel);
        const int z = isBack ? level.nz - 1 - i : i;
        for (int j = 0; j < level.ny; ++j) {
            const int y = isBack ? level.ny - 1 - j : j;
            for (int k = 0; k < level.nx; ++k) {
                const int x = isBack ? level.nx - 1 - k : k;
                const size_t at = level.index(x, y, z);
                float sum = 0;
                int count = 0;
                if (x > 0) sum += values[at - 1], ++count;
                if (x + 1 < level.nx) sum += values[at + 1], ++count;
                if (y > 0) sum += values[at - down], ++count;
                if (y + 1 < level.ny) sum += values[at + down], ++count;
                if (z > 0) sum += values[at - deep], ++count;
                if (z + 1 < level.nz) sum += values[at + deep], ++count;
                values[at] = (level.pulls[at] + level.smoothness * sum) /
                             (level.weights[at] + level.smoothness * float(count) + 1e-20f);
            }
        }
    }
}

/// The values of a coarser level at a finer one's nodes, linear between them.
std::vector<float> refined(const Level &coarse, const std::vector<float> &values, const Level &fine) {
    std::vector<float> made(fine.pulls.size());
    const auto place = [](int at, int count, int &low, int &high) {
        const float spot = std::clamp((float(at) + 0.5f) / 2 - 0.5f, 0.0f, float(count - 1));
        low = int(spot);
        high = std::min(low + 1, count - 1);
        return spot - float(low);
    };
    for (int z = 0; z < fine.nz; ++z) {
        int z0, z1;
        const float c = place(z, coarse.nz, z0, z1);
        for (int y = 0; y < fine.ny; ++y) {
            int y0, y1;
            const float b = place(y, coarse.ny, y0, y1);
            for (int x = 0; x < fine.nx; ++x) {
                int x0, x1;
                const float a = place(x, coarse.nx, x0, x1);
                const auto row = [&](int v, int w) {
                    const float one = values[coarse.index(x0, v, w)];
                    return one + a * (values[coarse.index(x1, v, w)] - one);
                };
                const float upper = row(y0, z0) + b * (row(y1, z0) - row(y0, z0));
                const float lower = row(y0, z1) + b * (row(y1, z1) - row(y0, z1));
                made[fine.index(x, y, z)] = upper + c * (lower - upper);
            }
        }
    }
    return made;
}

}  // namespace

void cvs::relax(Volume &volume, double smoothness, CVSCancel cancel) {
    Grid &grid = volume.distances;
    std::vector<Level> levels{{grid.nx, grid.ny, grid.nz, {}, {}, float(smoothness)}};
    levels[0].weights = volume.weights;
    levels[0].pulls.resize(grid.values.size());
    for (size_t i = 0; i < grid.values.size(); ++i) {
        levels[0].weights[i] = std::min(levels[0].weights[i], mostWeight);
        levels[0].pulls[i] = levels[0].weights[i] * grid.values[i];
    }
    while (std::max({levels.back().nx, levels.back().ny, levels.back().nz}) > coarsest) {
        stopIfCancelled(cancel);
        levels.push_back(halved(levels.back()));
    }
    std::vector<float> values(levels.back().pulls.size(), 0);
    for (size_t level = levels.size(); level-- > 0;) {
        if (level + 1 < levels.size()) values = refined(levels[level + 1], values, levels[level]);
        const int times = level + 1 == levels.size() ? coarsestSweeps : sweeps;
        for (int time = 0; time < times; ++time) sweep(levels[level], values, time % 2, cancel);
    }
    grid.values = std::move(values);
}
