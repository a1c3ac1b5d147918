#include <algorithm>
#include <cmath>

#include "Features.hpp"

namespace cvs {

void Descriptors::append(const float *shares) {
    double sum = 0;
    for (int i = 0; i < descriptorLength; ++i) sum += shares[i];
    const double whole = sum > 0 ? 1 / sum : 0;
    int32_t length = 0;
    for (int i = 0; i < descriptorLength; ++i) {
        const int value = std::min(127, int(std::sqrt(shares[i] * whole) * descriptorScale + 0.5));
        rows.push_back(uint8_t(value));
        length += value * value;
    }
    // Rounding can lengthen a descriptor; what is over the bound is taken from its largest numbers.
    auto row = rows.end() - descriptorLength;
    while (length > 181 * 181) {
        auto largest = std::max_element(row, rows.end());
        length -= 2 * *largest - 1;
        --*largest;
    }
    lengths.push_back(length);
}

void Descriptors::interleave() {
    const int n = count(), whole = (n + blockLength - 1) / blockLength * blockLength;
    blocks.assign(size_t(whole) * descriptorLength, 0);
    for (int i = 0; i < n; ++i) {
        const uint8_t *row = &rows[size_t(i) * descriptorLength];
        int8_t *to = &blocks[size_t(i / blockLength) * blockLength * descriptorLength + size_t(i % blockLength) * 4];
        for (int group = 0; group < descriptorLength / 4; ++group, to += blockLength * 4)
            for (int k = 0; k < 4; ++k) to[k] = int8_t(row[group * 4 + k]);
    }
    lengths.resize(size_t(whole), 1 << 20);
}

}  // namespace cvs
