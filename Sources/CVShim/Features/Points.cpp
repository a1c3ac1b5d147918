#include "CVSPoints.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <tuple>
#include <vector>

#include "../Guard.hpp"

namespace {

/// Pixels of a cell's side, numbers of a descriptor, how far around a place must be the likeliest.
constexpr int cell = 8, numbers = 64, around = 2;
constexpr int multiple = 32;
/// What is looked at round a mask, as a share of its longer side.
constexpr double margin = 0.03;

void require(bool holds, const char *message) {
    if (!holds) throw cvs::Error{CVSStatusBadArgument, message};
}

void checkMask(const CVSImage &picture, const CVSImage *mask) {
    require(!mask || (mask->mat.channels() == 1 && mask->mat.size() == picture.mat.size()),
            "a mask has one channel and the picture's size");
}

void checkLook(const CVSImage &picture, const CVSLook &look) {
    require(look.x >= 0 && look.y >= 0 && look.width > 0 && look.height > 0 &&
                look.width <= picture.mat.cols - look.x && look.height <= picture.mat.rows - look.y,
            "a look lies inside its picture");
    require(look.columns > 0 && look.rows > 0 && look.columns <= 4096 && look.rows <= 4096 &&
                look.columns % multiple == 0 && look.rows % multiple == 0,
            "a look's sides are multiples of 32");
}

/// What XFeat said of a look.
class Planes {
public:
    Planes(const float *values, const CVSLook &look)
        : values(values), columns(look.columns / cell), rows(look.rows / cell) {}

    float at(int plane, int column, int row) const { return values[(plane * rows + row) * columns + column]; }

    /// The chance of a keypoint at every pixel.
    cv::Mat1f chances() const {
        cv::Mat1f all(rows * cell, columns * cell);
        for (int y = 0; y < all.rows; ++y)
            for (int x = 0; x < all.cols; ++x) all(y, x) = at(numbers + y % cell * cell + x % cell, x / cell, y / cell);
        return all;
    }

    /// Where a pixel lies among the cells, as the network's authors have it.
    cv::Point2f among(int x, int y) const {
        return {float(x) / float(columns * cell - 1) * float(columns) - 0.5f,
                float(y) / float(rows * cell - 1) * float(rows) - 0.5f};
    }

    float trust(cv::Point2f place) const {
        float sum = 0;
        const int left = int(std::floor(place.x)), top = int(std::floor(place.y));
        const float u = place.x - float(left), v = place.y - float(top);
        for (int k = 0; k < 4; ++k)
            sum += (k % 2 ? u : 1 - u) * (k / 2 ? v : 1 - v) * near(2 * numbers, left + k % 2, top + k / 2);
        return sum;
    }

    /// A descriptor of length 1, by bicubic interpolation.
    void describe(cv::Point2f place, float *into) const {
        const int left = int(std::floor(place.x)) - 1, top = int(std::floor(place.y)) - 1;
        float across[4], down[4];
        weigh(place.x - float(left + 1), across);
        weigh(place.y - float(top + 1), down);
        float length = 0;
        for (int n = 0; n < numbers; ++n) {
            float sum = 0;
            for (int y = 0; y < 4; ++y)
                for (int x = 0; x < 4; ++x) sum += down[y] * across[x] * near(n, left + x, top + y);
            into[n] = sum;
            length += sum * sum;
        }
        const float scale = 1 / std::max(1e-9f, std::sqrt(length));
        for (int n = 0; n < numbers; ++n) into[n] *= scale;
    }

private:
    const float *values;
    int columns, rows;

    float near(int plane, int column, int row) const {
        return at(plane, std::clamp(column, 0, columns - 1), std::clamp(row, 0, rows - 1));
    }

    /// Keys (1981) with a = -0.75.
    static void weigh(float t, float weights[4]) {
        constexpr float a = -0.75f;
        const auto far = [](float d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
        const auto close = [](float d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
        weights[0] = far(t + 1), weights[1] = close(t), weights[2] = close(1 - t), weights[3] = far(2 - t);
    }
};

struct Candidate {
    int x, y;
    float score;
};

/// Where the parabola through three chances is highest, at most half a pixel from the middle one.
float between(float before, float here, float after) {
    const auto level = [](float chance) { return std::log(std::max(chance, 1e-6f)); };
    const float a = level(before), b = level(here), c = level(after), bend = a - 2 * b + c;
    return bend < -1e-6f ? std::clamp(0.5f * (a - c) / bend, -0.5f, 0.5f) : 0;
}

/// A look's pixels in the picture's.
struct Window {
    const CVSLook &look;
    float across, down;
    explicit Window(const CVSLook &look)
        : look(look), across(float(look.width) / float(look.columns)), down(float(look.height) / float(look.rows)) {}
    cv::Point2f pixel(float x, float y) const {
        return {(x + 0.5f) * across - 0.5f + float(look.x), (y + 0.5f) * down - 0.5f + float(look.y)};
    }
};

cv::Point whole(cv::Point2f place, const cv::Mat &picture) {
    return {std::clamp(int(std::lround(place.x)), 0, picture.cols - 1),
            std::clamp(int(std::lround(place.y)), 0, picture.rows - 1)};
}

std::vector<Candidate> candidatesOf(const Planes &planes, const cv::Mat1f &chances, const Window &window,
                                    const CVSImage *mask, double least, CVSCancel cancel) {
    cv::Mat1f highest;
    cv::dilate(chances, highest, cv::Mat::ones(2 * around + 1, 2 * around + 1, CV_8U));
    std::vector<Candidate> all;
    for (int y = 0; y < chances.rows; ++y) {
        if (y % 64 == 0) cvs::stopIfCancelled(cancel);
        for (int x = 0; x < chances.cols; ++x) {
            if (chances(y, x) < highest(y, x) || chances(y, x) <= float(least)) continue;
            if (mask) {
                const cv::Point at = whole(window.pixel(float(x), float(y)), mask->mat);
                if (mask->mat.at<uint8_t>(at) < 128) continue;
            }
            all.push_back({x, y, chances(y, x) * planes.trust(planes.among(x, y))});
        }
    }
    std::sort(all.begin(), all.end(), [](const Candidate &a, const Candidate &b) {
        return std::tie(b.score, a.y, a.x) < std::tie(a.score, b.y, b.x);
    });
    return all;
}

/// One keypoint: its row of LighterGlue's table and what it is in the picture.
CVSFeature featureOf(const Candidate &candidate, const Planes &planes, const cv::Mat1f &chances, const Window &window,
                     const cv::Mat &picture, float *row) {
    const int x = candidate.x, y = candidate.y;
    float u = float(x), v = float(y);
    if (x > 0 && x + 1 < chances.cols) u += between(chances(y, x - 1), chances(y, x), chances(y, x + 1));
    if (y > 0 && y + 1 < chances.rows) v += between(chances(y - 1, x), chances(y, x), chances(y + 1, x));
    const float half = float(std::max(chances.cols, chances.rows)) / 2;
    row[0] = (u - float(chances.cols) / 2) / half;
    row[1] = (v - float(chances.rows) / 2) / half;
    row[2] = 1;
    planes.describe(planes.among(x, y), row + 3);
    const cv::Point2f place = window.pixel(u, v);
    const cv::Point at = whole(place, picture);
    const uint8_t *pixel = picture.ptr(at.y) + at.x * picture.channels();
    const bool grey = picture.channels() == 1;
    return {place.x,
            place.y,
            float(cell) * std::max(window.across, window.down),
            0,
            {pixel[0], pixel[grey ? 0 : 1], pixel[grey ? 0 : 2]}};
}

int32_t rounded(double side) { return std::max(2, int32_t(std::lround(side / multiple))) * multiple; }

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_points_look(const CVSImage *picture, const CVSImage *mask, int32_t longest,
                                                CVSLook *look, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        checkMask(*picture, mask);
        require(longest >= 64 && longest <= 1024, "the longer side is from 64 to 1024");
        cv::Rect box(0, 0, picture->mat.cols, picture->mat.rows);
        if (mask) {
            const cv::Rect all = box;
            box = cv::boundingRect(mask->mat >= 128);
            const int room = int(margin * std::max(box.width, box.height));
            if (box.empty())
                box = all;
            else
                box = cv::Rect(box.x - room, box.y - room, box.width + 2 * room, box.height + 2 * room) & all;
        }
        const double scale = double(longest) / std::max(box.width, box.height);
        const int32_t top = longest / multiple * multiple;
        *look = {box.x,
                 box.y,
                 box.width,
                 box.height,
                 std::min(top, rounded(box.width * scale)),
                 std::min(top, rounded(box.height * scale))};
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_points_plane(const CVSImage *picture, const CVSLook *look, float *plane,
                                                 CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        checkLook(*picture, *look);
        const cv::Mat part = picture->mat(cv::Rect(look->x, look->y, look->width, look->height));
        cv::Mat sized;
        cv::resize(part, sized, {look->columns, look->rows}, 0, 0,
                   look->columns < look->width ? cv::INTER_AREA : cv::INTER_LINEAR);
        const int channels = sized.channels(), colours = std::min(3, channels);
        for (int y = 0; y < sized.rows; ++y) {
            const uint8_t *row = sized.ptr(y);
            for (int x = 0; x < sized.cols; ++x) {
                int sum = 0;
                for (int c = 0; c < colours; ++c) sum += row[x * channels + c];
                *plane++ = float(sum) / float(255 * colours);
            }
        }
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_points_choose(const CVSImage *picture, const CVSImage *mask, const CVSLook *look,
                                                  const float *planes, const CVSPointsOptions *options,
                                                  CVSFeature *list, float *table, int32_t *count, CVSCancel cancel,
                                                  CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        checkMask(*picture, mask);
        checkLook(*picture, *look);
        require(options->most > 0 && options->chance >= 0 && options->chance <= 1, "a chance is from 0 to 1");
        const Planes found(planes, *look);
        const Window window(*look);
        const cv::Mat1f chances = found.chances();
        const auto candidates = candidatesOf(found, chances, window, mask, options->chance, cancel);
        *count = int32_t(std::min(candidates.size(), size_t(options->most)));
        for (int32_t i = 0; i < *count; ++i)
            list[i] = featureOf(candidates[size_t(i)], found, chances, window, picture->mat,
                                table + size_t(i) * CVSPointsColumns);
    });
}
