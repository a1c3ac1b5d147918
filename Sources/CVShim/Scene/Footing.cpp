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

/// Columns added where the picture's border cuts the object, because it goes on there.
void extend(Footing &footing, const Crop &crop) {
    size_t more = size_t(0.7f * footing.height);
    if (crop.left_cut) {
        footing.row.insert(footing.row.begin(), more, footing.row.front());
        footing.touch.insert(footing.touch.begin(), more, 0);
        footing.left -= int(more);
    }
    if (crop.right_cut) {
        footing.row.insert(footing.row.end(), more, footing.row.back());
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

/// Between two contacts the floor is the line that joins them. Beyond, the body overhangs by some clearance: seen from
/// about the height of the roof, a point c above the floor at depth d is drawn c / d higher, so its floor lies that
/// much lower, and never below the line through the contacts.
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
    float slope = b.x > a.x ? float(b.y - a.y) / float(b.x - a.x) : 0;
    for (int i = 0; i < int(outline.row.size()); i++) {
        float x = float(outline.left + i), hull = at(outline.hull, x);
        float beyond = std::max({float(a.x) - x, x - float(b.x), 0.f}) / out.height;
        float hangs = 1 - wheel(outline.row, i, out.height);
        float clearance = 1 + 0.13f * ramp(beyond / 0.3f) * hangs;
        float body = horizon + clearance * (float(outline.row[size_t(i)]) - horizon);
        float line = float(a.y) + slope * (x - float(a.x));
        // Past a crop there is no overhang to see, only the line on which the other wheel stands.
        if (x < float(a.x) ? crop.left_cut : crop.right_cut) body = float(ground);
        out.row.push_back(beyond > 0 ? std::max(hull, std::min(line, body)) : hull);
        float gap = (out.row.back() - float(outline.row[size_t(i)])) / (0.035f * out.height);
        bool unseen = crop.bottom_cut && float(outline.row[size_t(i)]) > crop.bottom - 2;
        out.touch.push_back(unseen ? 0 : float(std::exp(-double(gap * gap))));
    }
    extend(out, crop);
    return out;
}

}  // namespace cvs
