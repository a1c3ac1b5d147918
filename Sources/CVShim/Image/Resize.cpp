#include <algorithm>
#include <cmath>
#include <vector>

#include "Pixels.hpp"

namespace cvs {
namespace {

double kernel(CVSFilter filter, double x) {
    x = std::abs(x);
    switch (filter) {
        case CVSFilterArea:
            return x <= 0.5 ? 1 : 0;
        case CVSFilterLinear:
            return x < 1 ? 1 - x : 0;
        case CVSFilterLanczos: {
            if (x >= 3) return 0;
            if (x < 1e-9) return 1;
            const double t = M_PI * x;
            return 3 * std::sin(t) * std::sin(t / 3) / (t * t);
        }
    }
    return 0;
}

double radius(CVSFilter filter) {
    switch (filter) {
        case CVSFilterArea:
            return 0.5;
        case CVSFilterLinear:
            return 1;
        case CVSFilterLanczos:
            return 3;
    }
    return 1;
}

/// The source samples of one target sample and their weights, which sum to 1.
struct Taps {
    int first;
    std::vector<float> weights;
};

std::vector<Taps> taps(int from, int to, CVSFilter filter) {
    const double scale = double(from) / to, widen = std::max(1.0, scale), reach = radius(filter) * widen;
    std::vector<Taps> all(static_cast<size_t>(to));
    for (int i = 0; i < to; ++i) {
        const double centre = (i + 0.5) * scale;
        const int first = std::max(0, int(std::floor(centre - reach)));
        const int last = std::min(from - 1, int(std::ceil(centre + reach)) - 1);
        std::vector<double> weights;
        double sum = 0;
        for (int s = first; s <= last; ++s) {
            // A box is covered in part by the pixels at its ends; the other kernels are sampled at pixel centres.
            const double covered = std::min(s + 1.0, centre + reach) - std::max(double(s), centre - reach);
            const double weight =
                filter == CVSFilterArea ? std::max(0.0, covered) : kernel(filter, (s + 0.5 - centre) / widen);
            weights.push_back(weight);
            sum += weight;
        }
        all[size_t(i)].first = first;
        for (double weight : weights) all[size_t(i)].weights.push_back(float(weight / sum));
    }
    return all;
}

/// One source row as floats; colour is multiplied by alpha, so that invisible pixels have no say.
void load(const uint8_t *row, int width, int channels, float *to) {
    if (channels != 4) {
        for (int i = 0; i < width * channels; ++i) to[i] = row[i];
        return;
    }
    for (int x = 0; x < width; ++x, row += 4, to += 4) {
        const float alpha = float(row[3]) / 255;
        to[0] = row[0] * alpha;
        to[1] = row[1] * alpha;
        to[2] = row[2] * alpha;
        to[3] = row[3];
    }
}

uint8_t byte(float value) { return uint8_t(std::min(255.0f, std::max(0.0f, value + 0.5f))); }

void store(const float *row, int width, int channels, uint8_t *to) {
    if (channels != 4) {
        for (int i = 0; i < width * channels; ++i) to[i] = byte(row[i]);
        return;
    }
    for (int x = 0; x < width; ++x, row += 4, to += 4) {
        const float back = row[3] > 0.5f ? 255 / row[3] : 0;
        to[0] = byte(row[0] * back);
        to[1] = byte(row[1] * back);
        to[2] = byte(row[2] * back);
        to[3] = byte(row[3]);
    }
}

template <int channels>
void across(const float *row, const std::vector<Taps> &columns, float *to) {
    for (const Taps &column : columns) {
        float sums[channels] = {};
        const float *from = row + size_t(column.first) * channels;
        for (const float weight : column.weights)
            for (int c = 0; c < channels; ++c) sums[c] += weight * *from++;
        for (int c = 0; c < channels; ++c) *to++ = sums[c];
    }
}

void across(const float *row, int channels, const std::vector<Taps> &columns, float *to) {
    switch (channels) {
        case 1:
            return across<1>(row, columns, to);
        case 3:
            return across<3>(row, columns, to);
        default:
            return across<4>(row, columns, to);
    }
}

}  // namespace

cv::Mat resized(const cv::Mat &from, int width, int height, CVSFilter filter, CVSCancel cancel) {
    if (from.cols == width && from.rows == height) return from;
    const int channels = from.channels();
    const std::vector<Taps> columns = taps(from.cols, width, filter), rows = taps(from.rows, height, filter);
    size_t depth = 1;
    for (const Taps &row : rows) depth = std::max(depth, row.weights.size());

    // A ring of source rows, already narrowed: no intermediate picture.
    const size_t samples = size_t(width) * size_t(channels);
    std::vector<float> ring(depth * samples), wide(size_t(from.cols) * size_t(channels)), sum(samples);
    cv::Mat to(height, width, from.type());
    int next = 0;
    for (int y = 0; y < height; ++y) {
        stopIfCancelled(cancel);
        const Taps &row = rows[size_t(y)];
        const int end = row.first + int(row.weights.size());
        for (next = std::max(next, row.first); next < end; ++next) {
            load(from.ptr(next), from.cols, channels, wide.data());
            across(wide.data(), channels, columns, &ring[size_t(next) % depth * samples]);
        }
        std::fill(sum.begin(), sum.end(), 0.0f);
        for (int i = 0; i < int(row.weights.size()); ++i) {
            const float weight = row.weights[size_t(i)];
            const float *line = &ring[size_t(row.first + i) % depth * samples];
            for (size_t s = 0; s < samples; ++s) sum[s] += weight * line[s];
        }
        store(sum.data(), width, channels, to.ptr(y));
    }
    return to;
}

}  // namespace cvs

extern "C" CVS_EXPORT CVSStatus cvs_resize(const CVSImage *image, int32_t width, int32_t height, CVSFilter filter,
                                           CVSCancel cancel, CVSImage **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (width < 1 || height < 1 || width > 65'535 || height > 65'535)
            throw cvs::Error{CVSStatusBadArgument, "a size must be from 1 to 65535"};
        *out = new CVSImage{cvs::resized(image->mat, width, height, filter, cancel)};
    });
}
