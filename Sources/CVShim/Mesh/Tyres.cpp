#include "Tyres.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "CVSMesh.h"

namespace {

// As shares of the car's length, and of the wheel's radius: 195 to 235 millimetres on 4.2 to 4.7 metres.
constexpr double widthShare = 0.047, edgeShare = 0.08;

}  // namespace

namespace cvs {

Tyres::Tyres(const std::vector<CVSWheel> &wheels, double length) : wheels(wheels), width(widthShare * length) {}

void Tyres::reach(Box &box) const {
    for (const CVSWheel &wheel : wheels) box.low[1] = std::min(box.low[1], wheel.axle[1] - wheel.radius);
}

double Tyres::depth(const cv::Vec3d &place) const {
    double most = -std::numeric_limits<double>::infinity();
    for (const CVSWheel &wheel : wheels) {
        const double edge = edgeShare * wheel.radius, side = wheel.axle[0] < 0 ? -1 : 1;
        // Distances within the tread and between the two faces, both shrunk by the rounding.
        const double tread = wheel.radius - edge - std::hypot(place[1] - wheel.axle[1], place[2] - wheel.axle[2]);
        const double middle = std::abs(wheel.axle[0]) - width / 2;
        const double face = width / 2 - edge - std::abs(side * place[0] - middle);
        const double inside = std::min({tread, face, 0.0}) < 0 ? -std::hypot(std::min(tread, 0.0), std::min(face, 0.0))
                                                               : std::min(tread, face);
        most = std::max(most, inside + edge);
    }
    return most;
}

void Tyres::join(Grid &grid, CVSCancel cancel) const {
    for (int z = 0; z < grid.nz; ++z) {
        stopIfCancelled(cancel);
        for (int y = 0; y < grid.ny; ++y)
            for (int x = 0; x < grid.nx; ++x) {
                float &value = grid.at(x, y, z);
                value = std::max(value, float(depth(grid.place(x, y, z))));
            }
    }
}

}  // namespace cvs
