#include "Nearest.hpp"

#include <immintrin.h>

#include <algorithm>
#include <cstring>

namespace cvs {
namespace {

constexpr int groups = descriptorLength / 4, blockBytes = blockLength * descriptorLength;

/// What a descriptor is compared with: 16 others, their squared lengths, and the distances that matter.
struct Block {
    const int8_t *numbers;
    const int32_t *lengths;
    /// The nearest that each of the 16 has so far.
    const int32_t *best;
};

/// Writes the squared distances of one descriptor, `length` long, to the 16 of a block. A bit is set for each that is
/// below `next` or below the best of its column.
using Compare = uint32_t (*)(const uint8_t *row, int32_t length, int32_t next, const Block &block, int32_t *distances);

uint32_t comparePlain(const uint8_t *row, int32_t length, int32_t next, const Block &block, int32_t *distances) {
    int32_t dots[blockLength] = {};
    const int8_t *numbers = block.numbers;
    for (int group = 0; group < groups; ++group, row += 4, numbers += blockLength * 4)
        for (int j = 0; j < blockLength; ++j)
            for (int k = 0; k < 4; ++k) dots[j] += int32_t(row[k]) * numbers[j * 4 + k];
    uint32_t closer = 0;
    for (int j = 0; j < blockLength; ++j) {
        distances[j] = length + block.lengths[j] - 2 * dots[j];
        closer |= uint32_t(distances[j] < next || distances[j] < block.best[j]) << j;
    }
    return closer;
}

__attribute__((target("avx2"))) inline __m256i load(const void *from) {
    return _mm256_loadu_si256(static_cast<const __m256i *>(from));
}

/// Of 8 of a block's distances.
__attribute__((target("avx2"))) inline uint32_t finishAVX2(__m256i dots, int32_t length, int32_t next,
                                                           const int32_t *lengths, const int32_t *best,
                                                           int32_t *distances) {
    const __m256i sum = _mm256_add_epi32(load(lengths), _mm256_set1_epi32(length));
    const __m256i away = _mm256_sub_epi32(sum, _mm256_add_epi32(dots, dots));
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(distances), away);
    const __m256i bound = _mm256_max_epi32(load(best), _mm256_set1_epi32(next));
    return uint32_t(_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(bound, away))));
}

__attribute__((target("avx2"))) uint32_t compareAVX2(const uint8_t *row, int32_t length, int32_t next,
                                                     const Block &block, int32_t *distances) {
    __m256i low = _mm256_setzero_si256(), high = _mm256_setzero_si256();
    const int8_t *numbers = block.numbers;
    for (int group = 0; group < groups; ++group, row += 4, numbers += blockLength * 4) {
        int32_t four;
        std::memcpy(&four, row, 4);
        const __m256i mine = _mm256_set1_epi32(four);
        low = _mm256_add_epi16(low, _mm256_maddubs_epi16(mine, load(numbers)));
        high = _mm256_add_epi16(high, _mm256_maddubs_epi16(mine, load(numbers + 32)));
    }
    const __m256i ones = _mm256_set1_epi16(1);
    return finishAVX2(_mm256_madd_epi16(low, ones), length, next, block.lengths, block.best, distances) |
           finishAVX2(_mm256_madd_epi16(high, ones), length, next, block.lengths + 8, block.best + 8, distances + 8)
               << 8;
}

__attribute__((target("avx512f,avx512bw"))) uint32_t compareAVX512(const uint8_t *row, int32_t length, int32_t next,
                                                                   const Block &block, int32_t *distances) {
    __m512i sums = _mm512_setzero_si512();
    const int8_t *numbers = block.numbers;
    for (int group = 0; group < groups; ++group, row += 4, numbers += blockLength * 4) {
        int32_t four;
        std::memcpy(&four, row, 4);
        sums = _mm512_add_epi16(sums, _mm512_maddubs_epi16(_mm512_set1_epi32(four), _mm512_loadu_si512(numbers)));
    }
    const __m512i dots = _mm512_madd_epi16(sums, _mm512_set1_epi16(1));
    const __m512i sum = _mm512_add_epi32(_mm512_loadu_si512(block.lengths), _mm512_set1_epi32(length));
    const __m512i away = _mm512_sub_epi32(sum, _mm512_add_epi32(dots, dots));
    _mm512_storeu_si512(distances, away);
    const __m512i bound = _mm512_max_epi32(_mm512_loadu_si512(block.best), _mm512_set1_epi32(next));
    return _mm512_cmpgt_epi32_mask(bound, away);
}

Compare chosen() {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512bw")) return compareAVX512;
    return __builtin_cpu_supports("avx2") ? compareAVX2 : comparePlain;
}

const Compare compare = chosen();

}  // namespace

void findNearest(const Descriptors &first, int begin, int end, const Descriptors &second, int count, Nearest *nearest,
                 Back &back) {
    alignas(64) int32_t distances[blockLength];
    // A few rows at a time, so that a block is read from the cache.
    constexpr int rowsAtOnce = 32;
    for (int from = begin; from < end; from += rowsAtOnce) {
        const int to = std::min(end, from + rowsAtOnce);
        for (int start = 0; start < count; start += blockLength) {
            const Block block{&second.blocks[size_t(start / blockLength) * blockBytes], &second.lengths[size_t(start)],
                              &back.distance[size_t(start)]};
            for (int i = from; i < to; ++i) {
                Nearest &mine = nearest[i - begin];
                uint32_t closer = compare(&first.rows[size_t(i) * descriptorLength], first.lengths[size_t(i)],
                                          mine.next, block, distances);
                for (; closer; closer &= closer - 1) {
                    const int j = __builtin_ctz(closer);
                    if (start + j >= count) break;
                    mine.offer(start + j, distances[j]);
                    back.offer(start + j, i, distances[j]);
                }
            }
        }
    }
}

int32_t squaredDistance(const Descriptors &first, int i, const Descriptors &second, int j) {
    const uint8_t *a = &first.rows[size_t(i) * descriptorLength], *b = &second.rows[size_t(j) * descriptorLength];
    int32_t sum = 0;
    for (int k = 0; k < descriptorLength; ++k) {
        const int32_t difference = int32_t(a[k]) - b[k];
        sum += difference * difference;
    }
    return sum;
}

}  // namespace cvs
