#pragma once
#include "RingModel.hpp"

namespace cvs::ring {

/// Two views, the second one as it is or mirrored in the plane, and what they must agree on: the two planes through
/// both camera centres that touch the object touch both outlines (Cipolla, Astrom, Giblin 1995).
struct Pair {
    int first, second;
    bool mirrored;
};

/// The outlines' corners where a plane through both centres touches, on one of its two sides.
struct Tangent {
    const Spot *first = nullptr, *second = nullptr;
};

/// The tangents' corners of both sides; null where the outline is cut, or all null when a centre is seen by the other
/// camera within or beside the object (the epipole), as opposite views do.
std::array<Tangent, 2> tangentsOf(const View &first, const View &second, const Pose &a, const Pose &b,
                                  const double lens[2], const double plane[2], bool mirrored);

/// All pairs of views, of more than 16 views a spread of them; with `mirrored` also each with the other's mirror image.
std::vector<Pair> pairsOf(int count, bool mirrored);

/// How far a spot of one view is from the line of another view's spot, in pixels, as Sampson (1982) has it.
template <typename T>
T sampson(const Eigen::Matrix<T, 3, 3> &turnA, const Eigen::Matrix<T, 3, 1> &centreA,
          const Eigen::Matrix<T, 3, 1> &rayA, const Eigen::Matrix<T, 3, 3> &turnB,
          const Eigen::Matrix<T, 3, 1> &centreB, const Eigen::Matrix<T, 3, 1> &rayB, const T plane[2], bool mirrored,
          const T &focal) {
    using std::cos;
    using std::sin;
    using std::sqrt;
    typedef Eigen::Matrix<T, 3, 1> V;
    const V normal(cos(plane[0]), T(0.0), sin(plane[0]));
    const auto flip = [&](const V &v) -> V { return mirrored ? V(v - normal * (2.0 * normal.dot(v))) : v; };
    const V u = turnA.transpose() * rayA, v = flip(turnB.transpose() * rayB);
    const V other = mirrored ? V(flip(centreB) + normal * (2.0 * plane[1])) : centreB;
    const V base = other - centreA;
    const V inB = turnB * flip(base.cross(u)), inA = turnA * v.cross(base);
    const T bend = sqrt(inA.x() * inA.x() + inA.y() * inA.y() + inB.x() * inB.x() + inB.y() * inB.y() + 1e-18);
    return focal * v.dot(base.cross(u)) / bend;
}

/// Sum over the pairs' tangents of |residual| in pixels, none above `limit`; and how many there are.
double tangencyCost(const std::vector<View> &views, const Model &model, const std::vector<Pair> &pairs, double limit,
                    int *count);

}  // namespace cvs::ring
