#pragma once
#include <optional>

#include "Features.hpp"

namespace cvs {

/// A distance that no two descriptors have.
constexpr int32_t farAway = 1 << 24;

/// The nearest and the second nearest of some candidates, by squared distance in units of descriptorScale.
struct Nearest {
    int32_t index = -1, distance = farAway, next = farAway;

    void offer(int32_t candidate, int32_t away) {
        if (away < distance) {
            next = distance;
            distance = away;
            index = candidate;
        } else if (away < next) {
            next = away;
        }
    }
};

/// The nearest of each feature of a picture so far.
struct Back {
    std::vector<int32_t> index, distance;

    explicit Back(int count) : index(size_t(count + blockLength), -1), distance(size_t(count + blockLength), farAway) {}

    void offer(int32_t feature, int32_t candidate, int32_t away) {
        if (away < distance[size_t(feature)]) {
            distance[size_t(feature)] = away;
            index[size_t(feature)] = candidate;
        }
    }
};

/// For the features [begin, end) of `first` the nearest among the first `count` of `second`, and in `back` the other
/// way round. Of equally near ones the first is taken: the same results whatever the processor.
void findNearest(const Descriptors &first, int begin, int end, const Descriptors &second, int count, Nearest *nearest,
                 Back &back);

/// The match of a feature with its nearest, if they are each other's and pass the options' tests.
std::optional<CVSMatch> accepted(const Nearest &best, int row, const Back &back, const CVSMatchOptions &options);

/// Squared distance of two descriptors.
int32_t squaredDistance(const Descriptors &first, int i, const Descriptors &second, int j);

}  // namespace cvs
