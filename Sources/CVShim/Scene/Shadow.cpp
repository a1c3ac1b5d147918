#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "Scene.hpp"

namespace cvs {

namespace {

/// The density one in fixed point.
constexpr int whole = 1 << 20;

/// Where the body stands on the floor, column by column, as far as the silhouette tells.
struct Footing {
    int left = 0;
    /// Row of the floor under the visible edge of the object.
    std::vector<float> row;
    /// How much the object touches the floor there, 0...1: rubber does, a sill or bumper hangs above.
    std::vector<float> touch;
    /// Height of the body on the canvas, the unit of every length here.
    float height = 0;
};

float ramp(float x) {
    x = std::min(std::max(x, 0.f), 1.f);
    return x * x * (3 - 2 * x);
}

/// The row of a polyline at a column.
float at(const std::vector<cv::Point> &line, float x) {
    for (size_t i = 1; i < line.size(); i++) {
        if (x > float(line[i].x)) continue;
        float t = (x - float(line[i - 1].x)) / float(line[i].x - line[i - 1].x);
        return float(line[i - 1].y) + t * float(line[i].y - line[i - 1].y);
    }
    return float(line.back().y);
}

/// The lower outline without what hangs high at the sides, such as mirrors.
cv::Rect standing(const LowerOutline &outline, cv::Rect box, int top, int ground) {
    float limit = float(top) + 0.42f * float(ground - top);
    int from = 0, to = int(outline.row.size()) - 1;
    while (from < to && float(outline.row[size_t(from)]) < limit) from++;
    while (to > from && float(outline.row[size_t(to)]) < limit) to--;
    return {box.x + from, box.y, to - from + 1, box.height};
}

/// How much a column of the outline looks like a wheel, 0...1: a narrow bump that stands out on both sides.
float wheel(const std::vector<int> &row, int column, float height) {
    int reach = int(0.3f * height), count = int(row.size()), here = row[size_t(column)];
    auto side = [&](int step) {
        int highest = here, width = 0;
        bool wide = true;
        for (int i = 1; i <= reach; i++) {
            int x = column + step * i;
            int y = x < 0 || x >= count ? 0 : row[size_t(x)];
            highest = std::min(highest, y);
            wide = wide && float(here - y) < 0.05f * height;
            width += wide ? 1 : 0;
        }
        return std::pair(highest, width);
    };
    auto [left, left_width] = side(-1);
    auto [right, right_width] = side(1);
    float prominence = float(here - std::max(left, right)) / height, width = float(left_width + right_width) / height;
    return ramp((prominence - 0.03f) / 0.04f) * ramp((0.32f - width) / 0.08f);
}

/// Between two contacts the floor is the line that joins them. Beyond, the body overhangs by some clearance: seen from
/// about the height of the roof, a point c above the floor at depth d is drawn c / d higher, so its floor lies that
/// much lower, and never below the line through the contacts.
Footing footing(const cv::Mat &mask) {
    Footing out;
    cv::Rect box = cv::boundingRect(mask);
    if (box.width < 8 || box.height < 8) return out;
    int spike = std::max(3, box.width / 100) | 1;
    int top = body_top(mask, box);
    LowerOutline outline = lower_outline(mask, box, spike);
    int ground = *std::max_element(outline.row.begin(), outline.row.end());
    outline = lower_outline(mask, standing(outline, box, top, ground), spike);
    auto [a, b] = contact_edge(outline);
    out.left = outline.left;
    out.height = float(ground - top);
    float horizon = float(top) - 0.05f * out.height;
    float slope = b.x > a.x ? float(b.y - a.y) / float(b.x - a.x) : 0;
    for (int i = 0; i < int(outline.row.size()); i++) {
        float x = float(outline.left + i), hull = at(outline.hull, x);
        float beyond = std::max({float(a.x) - x, x - float(b.x), 0.f}) / out.height;
        float hangs = 1 - wheel(outline.row, i, out.height);
        float clearance = 1 + 0.13f * ramp(beyond / 0.3f) * hangs;
        float body = horizon + clearance * (float(outline.row[size_t(i)]) - horizon);
        float line = float(a.y) + slope * (x - float(a.x));
        out.row.push_back(beyond > 0 ? std::max(hull, std::min(line, body)) : hull);
        float gap = (out.row.back() - float(outline.row[size_t(i)])) / (0.035f * out.height);
        out.touch.push_back(float(std::exp(-double(gap * gap))));
    }
    return out;
}

/// The floor that the object covers: a band behind the footing, round at its ends. `touching`: only where it touches.
cv::Mat covered(const Footing &footing, cv::Size canvas, float deep, bool touching) {
    cv::Mat out(canvas, CV_32S, cv::Scalar(0));
    int count = int(footing.row.size());
    float round = 0.22f * footing.height;
    for (int i = 0; i < count; i++) {
        float end = std::min(1.f, (float(std::min(i, count - 1 - i)) + 0.5f) / round);
        float swell = std::sqrt(std::max(0.f, 1 - (1 - end) * (1 - end)));
        float depth = deep * footing.height, middle = footing.row[size_t(i)] - depth / 2;
        // A little in front of the contact, so that it is dark where rubber meets floor.
        float from = middle - depth / 2 * swell, to = middle + depth / 2 * swell + 0.008f * footing.height;
        int x = footing.left + i;
        for (int y = std::max(0, int(from)); y <= std::min(canvas.height - 1, int(to) + 1); y++)
            out.at<int>(y, x) = int(float(whole) * (touching ? footing.touch[size_t(i)] : 1) *
                                    std::clamp(std::min(float(y) + 0.5f - from, to - float(y) + 0.5f), 0.f, 1.f));
    }
    return out;
}

/// One box of 2 r + 1 along rows of fixed-point numbers; beyond the border the edge repeats.
void box_rows(const cv::Mat &in, cv::Mat &out, int r) {
    for (int y = 0; y < in.rows; y++) {
        const int *from = in.ptr<int>(y);
        int *to = out.ptr<int>(y), last = in.cols - 1;
        int64_t sum = int64_t(r + 1) * from[0];
        for (int x = 1; x <= r; x++) sum += from[std::min(x, last)];
        for (int x = 0; x <= last; x++) {
            to[x] = int(sum / (2 * r + 1));
            sum += from[std::min(x + r + 1, last)] - from[std::max(x - r, 0)];
        }
    }
}

void box_three_times(cv::Mat &image, float sigma) {
    // Three boxes of radius r have the variance r (r + 1).
    int r = std::max(1, int(std::lround((std::sqrt(1 + 4 * double(sigma) * sigma) - 1) / 2)));
    cv::Mat other(image.size(), CV_32S);
    box_rows(image, other, r);
    box_rows(other, image, r);
    box_rows(image, other, r);
    image = other;
}

/// Nearly a Gaussian, in whole numbers: the same bits on every processor.
cv::Mat blurred(const cv::Mat &in, float across, float down) {
    cv::Mat image = in.clone(), turned;
    box_three_times(image, across);
    cv::transpose(image, turned);
    box_three_times(turned, down);
    cv::transpose(turned, image);
    return image;
}

}  // namespace

cv::Mat shadow_density(const cv::Mat &alpha, const CVSShadow &shadow, CVSCancel cancel) {
    Footing stand = footing(alpha >= 128);
    if (stand.row.empty() || stand.height < 4) return cv::Mat(alpha.size(), CV_32F, cv::Scalar(0));
    float h = stand.height;
    cv::Mat area = covered(stand, alpha.size(), 0.22f, false);
    stopIfCancelled(cancel);
    cv::Mat tight = blurred(covered(stand, alpha.size(), 0.08f, true), 0.014f * h, 0.008f * h);
    stopIfCancelled(cancel);
    cv::Mat near = blurred(area, 0.05f * h, 0.024f * h);
    stopIfCancelled(cancel);
    cv::Mat wide = blurred(area, 0.28f * h, 0.10f * h);
    stopIfCancelled(cancel);
    int shift_x = int(std::lround(-shadow.light_x * 0.12f * h)), shift_y = int(std::lround(0.01f * h));
    cv::Mat density(alpha.size(), CV_32F);
    for (int y = 0; y < density.rows; y++) {
        const int *t = tight.ptr<int>(y), *n = near.ptr<int>(y);
        const int *w = wide.ptr<int>(std::clamp(y - shift_y, 0, density.rows - 1));
        float *d = density.ptr<float>(y);
        for (int x = 0; x < density.cols; x++) {
            float far = float(w[std::clamp(x - shift_x, 0, density.cols - 1)]) / whole;
            float light = (1 - shadow.contact * float(t[x]) / whole) *
                          (1 - 0.95f * shadow.contact * float(n[x]) / whole) * (1 - shadow.soft * far);
            d[x] = 1 - std::clamp(light, 0.f, 1.f);
        }
    }
    return density;
}

}  // namespace cvs
