#pragma once
#include <cstdint>
#include <vector>

#include "../Guard.hpp"
#include "CVSFeatures.h"

namespace cvs {

/// Numbers of a descriptor, each 0...127.
constexpr int descriptorLength = 128;
/// Descriptors whose numbers lie interleaved, four at a time, so that one instruction works on all of them.
constexpr int blockLength = 16;
/// A unit descriptor is kept as whole numbers this many times as large. 181^2 < 2^15: no sum of products of two
/// descriptors, whole or in part, leaves 16 bits.
constexpr int descriptorScale = 180;

/// Descriptors as whole numbers, kept in the order of the features and once more in blocks.
struct Descriptors {
    std::vector<uint8_t> rows;
    /// Block by block: 32 groups of blockLength x 4 numbers; padded with zeros.
    std::vector<int8_t> blocks;
    /// Squared lengths; padding has a length that is never the nearest.
    std::vector<int32_t> lengths;

    void append(const float *shares);
    void interleave();
    int count() const { return int(rows.size() / descriptorLength); }
};

}  // namespace cvs

struct CVSFeatures {
    std::vector<CVSFeature> list;
    cvs::Descriptors descriptors;
};

struct CVSMatches {
    std::vector<CVSMatch> list;
};
