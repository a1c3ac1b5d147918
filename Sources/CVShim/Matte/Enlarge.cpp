#include "Enlarge.hpp"

#include <algorithm>
#include <cmath>

namespace {

float clamp01(float value) { return std::min(1.0f, std::max(0.0f, value)); }

/// Keys' cubic at x (a = -0.5): between cells, where a triangle would dent straight borders.
void cubic(float t, float weights[4]) {
    weights[0] = ((-0.5f * t + 1.0f) * t - 0.5f) * t;
    weights[1] = (1.5f * t - 2.5f) * t * t + 1;
    weights[2] = ((-1.5f * t + 2.0f) * t + 0.5f) * t;
    weights[3] = (0.5f * t - 0.5f) * t * t;
}

}  // namespace

namespace cvs {

cv::Mat enlarged(const cv::Mat &map, int width, int height) {
    cv::Mat wide(map.rows, width, CV_32F), to(height, width, CV_32F);
    float w[4];
    for (int x = 0; x < width; ++x) {
        const float at = (float(x) + 0.5f) * float(map.cols) / float(width) - 0.5f, cell = std::floor(at);
        cubic(at - cell, w);
        for (int y = 0; y < map.rows; ++y) {
            float sum = 0;
            for (int i = 0; i < 4; ++i)
                sum += w[i] * map.at<float>(y, std::min(map.cols - 1, std::max(0, int(cell) - 1 + i)));
            wide.at<float>(y, x) = sum;
        }
    }
    for (int y = 0; y < height; ++y) {
        const float at = (float(y) + 0.5f) * float(map.rows) / float(height) - 0.5f, cell = std::floor(at);
        cubic(at - cell, w);
        const float *rows[4];
        for (int i = 0; i < 4; ++i) rows[i] = wide.ptr<float>(std::min(map.rows - 1, std::max(0, int(cell) - 1 + i)));
        float *line = to.ptr<float>(y);
        for (int x = 0; x < width; ++x)
            line[x] = clamp01(w[0] * rows[0][x] + w[1] * rows[1][x] + w[2] * rows[2][x] + w[3] * rows[3][x]);
    }
    return to;
}

}  // namespace cvs
