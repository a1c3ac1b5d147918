#pragma once
#include <ceres/ceres.h>
#include <ceres/rotation.h>

#include "RingProblem.hpp"

namespace cvs::ring {

template <typename T>
Eigen::Matrix<T, 3, 3> turnOf(const T free[6], const Matrix &base) {
    Eigen::Matrix<T, 3, 3> turn;
    ceres::AngleAxisToRotationMatrix(free, turn.data());
    return turn * base.cast<T>();
}

/// The tangents of one side of a pair; found anew wherever the views are.
struct TangentCost {
    const View &first, &second;
    Matrix baseA, baseB;
    bool mirrored;
    int side;
    double sigma;

    static double plain(double value) { return value; }
    template <typename J>
    static double plain(const J &value) {
        return value.a;
    }

    template <typename T>
    bool operator()(const T *freeA, const T *freeB, const T *lens, const T *plane, T *residual) const {
        Station a{{}, baseA}, b{{}, baseB};
        for (size_t k = 0; k < 6; ++k) a.free[k] = plain(freeA[k]), b.free[k] = plain(freeB[k]);
        const double flatLens[2] = {plain(lens[0]), plain(lens[1])}, flatPlane[2] = {plain(plane[0]), plain(plane[1])};
        const Tangent tangent =
            tangentsOf(first, second, poseOf(a), poseOf(b), flatLens, flatPlane, mirrored)[size_t(side)];
        residual[0] = T(0.0);
        if (!tangent.first) return true;
        const Eigen::Matrix<T, 3, 1> centreA(freeA[3], freeA[4], freeA[5]), centreB(freeB[3], freeB[4], freeB[5]);
        const auto u = directionOf<T>(first, tangent.first->x, tangent.first->y, lens);
        const auto v = directionOf<T>(second, tangent.second->x, tangent.second->y, lens);
        using std::exp;
        const T focal = exp(lens[0]) * (std::sqrt(first.focal * second.focal) / sigma);
        residual[0] =
            sampson<T>(turnOf(freeA, baseA), centreA, u, turnOf(freeB, baseB), centreB, v, plane, mirrored, focal);
        return true;
    }
};

/// How far a match's places are from one another's lines.
struct MatchCost {
    const View &first, &second;
    Matrix baseA, baseB;
    CVSRingMatch match;
    double sigma;

    template <typename T>
    bool operator()(const T *freeA, const T *freeB, const T *lens, const T *plane, T *residual) const {
        using std::exp;
        const Eigen::Matrix<T, 3, 1> centreA(freeA[3], freeA[4], freeA[5]), centreB(freeB[3], freeB[4], freeB[5]);
        const auto u = directionOf<T>(first, match.place_first[0] - first.principal[0],
                                      match.place_first[1] - first.principal[1], lens);
        const auto v = directionOf<T>(second, match.place_second[0] - second.principal[0],
                                      match.place_second[1] - second.principal[1], lens);
        const T focal = exp(lens[0]) * (std::sqrt(first.focal * second.focal) / sigma);
        residual[0] = sampson<T>(turnOf(freeA, baseA), centreA, u, turnOf(freeB, baseB), centreB, v, plane,
                                 match.mirrored, focal);
        return true;
    }
};

/// A match of a photo with its own mirror image.
struct OwnMatchCost {
    MatchCost match;

    template <typename T>
    bool operator()(const T *free, const T *lens, const T *plane, T *residual) const {
        return match(free, free, lens, plane, residual);
    }
};

/// How far a view is from its place on the circle, and its roll.
struct PlaceCost {
    Matrix base;
    double azimuth, height, radius;
    Spread spread;

    template <typename T>
    bool operator()(const T *free, T *residual) const {
        using std::atan2;
        using std::cos;
        using std::sin;
        using std::sqrt;
        const T side = free[3] * std::cos(azimuth) - free[5] * std::sin(azimuth);
        const T ahead = free[3] * std::sin(azimuth) + free[5] * std::cos(azimuth);
        residual[0] = atan2(side, ahead) / spread.azimuth;
        residual[1] = (free[4] - height) / spread.height;
        residual[2] = (sqrt(side * side + ahead * ahead) - radius) / spread.radius;
        residual[3] = turnOf(free, base)(0, 1) / spread.roll;
        return true;
    }
};

struct LensCost {
    double focal, distortion;
    template <typename T>
    bool operator()(const T *lens, T *residual) const {
        residual[0] = lens[0] / focal;
        residual[1] = lens[1] / distortion;
        return true;
    }
};

/// Keeps the mirror plane near the ring's middle.
struct PlaneCost {
    double offset;
    template <typename T>
    bool operator()(const T *plane, T *residual) const {
        residual[0] = plane[1] / offset;
        return true;
    }
};

}  // namespace cvs::ring
