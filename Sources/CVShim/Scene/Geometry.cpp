#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "Scene.hpp"

namespace cvs {

namespace {

/// Removes downward spikes narrower than `width` from rows that grow downwards: a minimum, then a maximum over a
/// window.
std::vector<int> opened(const std::vector<int> &row, int width) {
    auto slide = [&](const std::vector<int> &in, auto pick) {
        std::vector<int> out(in.size());
        for (int i = 0; i < int(in.size()); i++) {
            int from = std::max(0, i - width / 2), to = std::min(int(in.size()) - 1, i + width / 2);
            int best = in[from];
            for (int j = from + 1; j <= to; j++) best = pick(best, in[j]);
            out[i] = best;
        }
        return out;
    };
    return slide(slide(row, [](int a, int b) { return std::min(a, b); }), [](int a, int b) { return std::max(a, b); });
}

/// Andrew's monotone chain for the side with the larger y.
std::vector<cv::Point> lower_hull(int left, const std::vector<int> &row) {
    std::vector<cv::Point> hull;
    for (int i = 0; i < int(row.size()); i++) {
        if (row[i] < 0) continue;
        cv::Point p(left + i, row[i]);
        while (hull.size() >= 2) {
            const cv::Point &a = hull[hull.size() - 2], &b = hull.back();
            if (int64_t(b.x - a.x) * (p.y - a.y) - int64_t(b.y - a.y) * (p.x - a.x) < 0) break;
            hull.pop_back();
        }
        hull.push_back(p);
    }
    return hull;
}

/// Pixels above one half, without the pieces that are under 1 % of the largest.
cv::Mat main_pieces(const cv::Mat &alpha) {
    cv::Mat mask = alpha >= 128, labels, stats, centres;
    int count = cv::connectedComponentsWithStats(mask, labels, stats, centres, 8, CV_32S);
    int largest = 0;
    for (int i = 1; i < count; i++) largest = std::max(largest, stats.at<int>(i, cv::CC_STAT_AREA));
    std::vector<uint8_t> keep(size_t(count), 0);
    for (int i = 1; i < count; i++) keep[size_t(i)] = stats.at<int>(i, cv::CC_STAT_AREA) * 100.0 >= largest ? 255 : 0;
    for (int y = 0; y < mask.rows; y++) {
        const int *label = labels.ptr<int>(y);
        uint8_t *out = mask.ptr(y);
        for (int x = 0; x < mask.cols; x++) out[x] = keep[size_t(label[x])];
    }
    return mask;
}

/// The mask turned about the middle of the picture, on a canvas that holds all of it; `shift` is where its corner lies.
cv::Mat turned(const cv::Mat &alpha, double roll, cv::Point &shift) {
    double c = std::cos(roll), s = std::sin(roll), mx = (alpha.cols - 1) / 2.0, my = (alpha.rows - 1) / 2.0;
    int width = int(std::ceil(std::abs(c) * alpha.cols + std::abs(s) * alpha.rows)) + 2;
    int height = int(std::ceil(std::abs(s) * alpha.cols + std::abs(c) * alpha.rows)) + 2;
    shift = {int(std::floor(mx - width / 2.0)), int(std::floor(my - height / 2.0))};
    cv::Mat map =
        (cv::Mat_<double>(2, 3) << c, -s, mx - c * mx + s * my - shift.x, s, c, my - s * mx - c * my - shift.y);
    cv::Mat out;
    cv::warpAffine(alpha, out, map, cv::Size(width, height), cv::INTER_LINEAR, cv::BORDER_CONSTANT);
    return out;
}

double share(const cv::Mat &border) { return double(cv::countNonZero(border)) / double(border.total()); }

}  // namespace

LowerOutline lower_outline(const cv::Mat &mask, const cv::Rect &box, int spike) {
    LowerOutline outline;
    outline.left = box.x;
    outline.row.assign(size_t(box.width), -1);
    for (int y = box.y; y < box.y + box.height; y++) {
        const uint8_t *line = mask.ptr(y) + box.x;
        for (int x = 0; x < box.width; x++)
            if (line[x]) outline.row[size_t(x)] = y;
    }
    outline.row = opened(outline.row, spike);
    outline.hull = lower_hull(outline.left, outline.row);
    return outline;
}

std::pair<cv::Point, cv::Point> contact_edge(const LowerOutline &outline) {
    auto lowest = *std::max_element(outline.hull.begin(), outline.hull.end(),
                                    [](const cv::Point &a, const cv::Point &b) { return a.y < b.y; });
    std::pair<cv::Point, cv::Point> edge(lowest, lowest);
    for (size_t i = 1; i < outline.hull.size(); i++) {
        cv::Point a = outline.hull[i - 1], b = outline.hull[i];
        if (std::abs(b.y - a.y) > 0.84 * (b.x - a.x)) continue;
        if (b.x - a.x > edge.second.x - edge.first.x) edge = {a, b};
    }
    return edge;
}

int body_top(const cv::Mat &mask, const cv::Rect &box) {
    for (int y = box.y; y < box.y + box.height; y++)
        if (cv::countNonZero(mask(cv::Rect(box.x, y, box.width, 1))) * 8 >= box.width) return y;
    return box.y;
}

/// Fills in the places of `out`; the mask's corner lies at `shift`.
static void locate(const cv::Mat &mask, cv::Point shift, CVSObjectGeometry &out) {
    cv::Rect box = cv::boundingRect(mask);
    if (box.empty()) return;
    LowerOutline outline = lower_outline(mask, box, std::max(3, box.width / 100) | 1);
    auto [left, right] = contact_edge(outline);
    int ground = *std::max_element(outline.row.begin(), outline.row.end());
    out.found = true;
    out.box_x = box.x + shift.x;
    out.box_y = box.y + shift.y;
    out.box_width = box.width;
    out.box_height = box.height;
    out.top = body_top(mask, box) + shift.y - 0.5;
    out.ground = ground + shift.y + 0.5;
    out.left_contact = {double(left.x + shift.x), left.y + shift.y + 0.5};
    out.right_contact = {double(right.x + shift.x), right.y + shift.y + 0.5};
}

}  // namespace cvs

extern "C" CVS_EXPORT CVSStatus cvs_scene_measure(const CVSImage *matte, double roll, CVSCancel cancel,
                                                  CVSObjectGeometry *out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (matte->mat.channels() == 3) throw cvs::Error{CVSStatusBadArgument, "a picture without alpha has no matte"};
        if (!std::isfinite(roll)) throw cvs::Error{CVSStatusBadArgument, "the roll is not a number"};
        *out = CVSObjectGeometry{};
        cv::Mat alpha = matte->mat;
        if (alpha.channels() == 4) cv::extractChannel(matte->mat, alpha, 3);
        cvs::stopIfCancelled(cancel);
        cv::Mat mask = cvs::main_pieces(alpha);
        cvs::stopIfCancelled(cancel);
        if (cv::countNonZero(mask) == 0) return;
        out->left_cut = cvs::share(mask.col(0));
        out->top_cut = cvs::share(mask.row(0));
        out->right_cut = cvs::share(mask.col(mask.cols - 1));
        out->bottom_cut = cvs::share(mask.row(mask.rows - 1));
        out->coverage = cv::mean(alpha)[0] / 255.0;
        cv::Point shift(0, 0);
        if (roll != 0) mask = cvs::main_pieces(cvs::turned(mask, roll, shift));
        cvs::stopIfCancelled(cancel);
        cvs::locate(mask, shift, *out);
    });
}
