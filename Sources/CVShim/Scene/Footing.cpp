#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "Scene.hpp"

namespace cvs {

namespace {

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
            wide = wide && float(here - y) < 0.03f * height;
            width += wide ? 1 : 0;
        }
        return std::pair(highest, width);
    };
    auto [left, left_width] = side(-1);
    auto [right, right_width] = side(1);
    float prominence = float(here - std::max(left, right)) / height, width = float(left_width + right_width) / height;
    return ramp((prominence - 0.03f) / 0.04f) * ramp((0.46f - width) / 0.12f);
}

/// How much each column hangs above the floor, 0...1: a wheel, and what is right beside it, does not.
std::vector<float> hanging(const std::vector<int> &row, float height) {
    std::vector<float> wheels(row.size()), hangs(row.size());
    int count = int(row.size()), beside = int(0.14f * height);
    for (int i = 0; i < count; i++) wheels[size_t(i)] = wheel(row, i, height);
    for (int i = 0; i < count; i++) {
        float most = 0;
        for (int j = std::max(0, i - beside); j <= std::min(count - 1, i + beside); j++)
            most = std::max(most, wheels[size_t(j)]);
        hangs[size_t(i)] = 1 - most;
    }
    return hangs;
}

/// How far below the bumper its floor lies, as a share of the bumper's distance from the horizon: 0.17 m of clearance,
/// seen from 1.5 m.
constexpr float clearance = 0.12f;

/// The mean over 2 r + 1 columns; beyond the ends the end repeats.
std::vector<float> smoothed(const std::vector<float> &row, int r) {
    std::vector<float> out(row.size());
    int last = int(row.size()) - 1;
    double sum = double(row.front()) * (r + 1);
    for (int i = 1; i <= r; i++) sum += double(row[size_t(std::min(i, last))]);
    for (int i = 0; i <= last; i++) {
        out[size_t(i)] = float(sum / (2 * r + 1));
        sum += double(row[size_t(std::min(i + r + 1, last))]) - double(row[size_t(std::max(i - r, 0))]);
    }
    return out;
}

/// Columns added where the picture's border cuts the object, because it goes on there.
void extend(Footing &footing, const Crop &crop) {
    size_t more = size_t(0.7f * footing.height);
    if (crop.left_cut) {
        footing.row.insert(footing.row.begin(), more, footing.row.front());
        footing.dark.insert(footing.dark.begin(), more, footing.dark.front());
        footing.touch.insert(footing.touch.begin(), more, 0);
        footing.left -= int(more);
    }
    if (crop.right_cut) {
        footing.row.insert(footing.row.end(), more, footing.row.back());
        footing.dark.insert(footing.dark.end(), more, footing.dark.back());
        footing.touch.insert(footing.touch.end(), more, 0);
    }
}

}  // namespace

Crop crop_of(const cv::Mat &rgba, const CVSPlacement &p) {
    cv::Mat alpha;
    cv::extractChannel(rgba, alpha, 3);
    cv::Mat mask = alpha >= 128;
    cv::Rect box = cv::boundingRect(mask);
    // What only touches the border is whole but for a sliver.
    auto cut = [](const cv::Mat &border, int side) { return cv::countNonZero(border) * 4 > std::max(side, 8); };
    auto along = [](double place, double anchor, double target, double scale) {
        return float(target + scale * (place - anchor));
    };
    return {along(-0.5, p.anchor.x, p.target.x, p.scale),
            along(rgba.cols - 0.5, p.anchor.x, p.target.x, p.scale),
            along(rgba.rows - 0.5, p.anchor.y, p.target.y, p.scale),
            cut(mask.col(0), box.height),
            cut(mask.col(mask.cols - 1), box.height),
            cut(mask.row(mask.rows - 1), box.width)};
}

/// Seen from about the height of the roof, a point c above the floor at depth d is drawn c / d higher: so the floor
/// below a part that hangs lies lower by some share of its distance from the horizon, though never above the line that
/// joins the contacts. Between the contacts that line is the floor.
Footing footing(const cv::Mat &alpha, const Crop &crop) {
    Footing out;
    cv::Mat mask = alpha >= 128;
    cv::Rect box = cv::boundingRect(mask);
    if (box.width < 8 || box.height < 8) return out;
    int spike = std::max(3, box.width / 100) | 1;
    int top = body_top(mask, box);
    LowerOutline outline = lower_outline(mask, box, spike);
    int ground = *std::max_element(outline.row.begin(), outline.row.end());
    if (ground - top < 4) return out;
    outline = lower_outline(mask, standing(outline, box, top, ground), spike);
    auto [a, b] = contact_edge(outline);
    out.left = outline.left;
    out.height = float(ground - top);
    float horizon = float(top) - 0.05f * out.height;
    std::vector<float> hull, hangs = hanging(outline.row, out.height);
    auto stands = [&](int x) { return hangs[size_t(x - outline.left)] < 0.5f; };
    for (int i = 0; i < int(outline.row.size()); i++) {
        float x = float(outline.left + i), row = float(outline.row[size_t(i)]);
        hull.push_back(at(outline.hull, x));
        // Between two wheels the line that joins them is the floor, however low the sill.
        bool between = x > float(a.x) && x < float(b.x) && stands(a.x) && stands(b.x);
        bool unknown = x < float(a.x) ? crop.left_cut : x > float(b.x) && crop.right_cut;
        // Past a crop there is no overhang to see, only the line on which the other wheel stands.
        float body = unknown ? float(ground) : horizon + (1 + clearance) * (row - horizon);
        out.row.push_back(hull.back() + (between ? 0 : hangs[size_t(i)]) * std::max(0.f, body - hull.back()));
    }
    // A step from wheel to bumper is a guess, and would be seen in a mirror.
    out.row = smoothed(smoothed(out.row, int(0.05f * out.height)), int(0.05f * out.height));
    for (int i = 0; i < int(outline.row.size()); i++) {
        float &row = out.row[size_t(i)], lowest = float(outline.row[size_t(i)]);
        row = std::max(row, hull[size_t(i)]);
        float gap = (row - lowest) / (0.035f * out.height);
        bool unseen = crop.bottom_cut && lowest > crop.bottom - 2;
        out.touch.push_back(unseen ? 0 : float(std::exp(-double(gap * gap))));
        // Light comes in below what hangs, most below a bumper: the dark ends before the body does.
        float bumper = std::clamp((row - hull[size_t(i)]) / (0.05f * out.height), 0.f, 1.f);
        float open = hangs[size_t(i)] * (0.15f + 0.40f * bumper);
        out.dark.push_back(lowest + (row - lowest) * (1 - open));
    }
    extend(out, crop);
    return out;
}

}  // namespace cvs
