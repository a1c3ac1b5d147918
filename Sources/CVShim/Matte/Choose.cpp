#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "Shrink.hpp"

namespace {

/// Where a cell counts as object. Over one half: the network's border lies a little outside the true one.
constexpr float threshold = 0.55f;
/// Background that the object encloses is filled up to this share of its area.
constexpr double largestHole = 0.03;
/// Parts are kept with the main object up to this share of its area and this distance in cells.
constexpr double largestPart = 0.2;
constexpr int farthestPart = 3;
/// Cells above it tie a part to the object.
constexpr float faintest = 0.06f;
/// How far such a part may stick out, in diagonals of the object's box: a mirror does less, lettering on a wall more.
constexpr double longestPart = 0.12;

struct Component {
    int label;
    cv::Rect box;
    double area, standing;
};

void normalise(cv::Mat &map, double &peak) {
    double low = 0, high = 0;
    cv::minMaxLoc(map, &low, &high);
    if (!(std::isfinite(low) && std::isfinite(high))) throw cvs::Error{CVSStatusInternal, "the map has no numbers"};
    peak = high;
    const float base = float(low), scale = high - low > 1e-6 ? 1.0f / float(high - low) : 0.0f;
    for (int y = 0; y < map.rows; ++y)
        for (float *cell = map.ptr<float>(y), *end = cell + map.cols; cell < end; ++cell)
            *cell = (*cell - base) * scale;
}

/// Objects by their standing: area, falling off with the distance from the focus; the first is the main one.
std::vector<Component> components(const cv::Mat &binary, cv::Mat &labels, double focusX, double focusY) {
    cv::Mat stats, centroids;
    const int count = cv::connectedComponentsWithStats(binary, labels, stats, centroids, 8, CV_32S);
    std::vector<Component> found;
    for (int i = 1; i < count; ++i) {
        const int *s = stats.ptr<int>(i);
        const double dx = (centroids.at<double>(i, 0) + 0.5) / binary.cols - focusX;
        const double dy = (centroids.at<double>(i, 1) + 0.5) / binary.rows - focusY;
        const double area = s[cv::CC_STAT_AREA];
        found.push_back({i,
                         {s[cv::CC_STAT_LEFT], s[cv::CC_STAT_TOP], s[cv::CC_STAT_WIDTH], s[cv::CC_STAT_HEIGHT]},
                         area,
                         area * std::exp(-(dx * dx + dy * dy) / 0.1225)});
    }
    std::sort(found.begin(), found.end(), [](const Component &a, const Component &b) {
        return a.standing != b.standing ? a.standing > b.standing : a.label < b.label;
    });
    return found;
}

/// The distance of each label's farthest cell from the object, in cells.
std::vector<float> reaches(const cv::Mat &labels, int object, size_t count) {
    std::vector<float> reach(count, 0);
    const cv::Mat others = labels != object;
    cv::Mat distance;
    cv::distanceTransform(others, distance, cv::DIST_L2, 5);
    for (int y = 0; y < labels.rows; ++y)
        for (int x = 0; x < labels.cols; ++x) {
            float &farthest = reach[size_t(labels.at<int>(y, x))];
            farthest = std::max(farthest, distance.at<float>(y, x));
        }
    return reach;
}

/// Labels of the main object and of the small parts that belong to it: those within reach, and those which faint cells
/// tie to it, such as a mirror on a thin arm. Nearness of the boxes would not do: a letter on the wall is as near.
std::vector<uint8_t> kept(const cv::Mat &map, const std::vector<Component> &all, const cv::Mat &labels) {
    std::vector<uint8_t> keep(all.size() + 1, 0), near(all.size() + 1, 0);
    const Component &main = all.front();
    cv::Mat ties, tied = labels == main.label;
    const int side = 2 * farthestPart + 1;
    cv::dilate(tied, tied, cv::getStructuringElement(cv::MORPH_ELLIPSE, {side, side}));
    const cv::Mat faint = (map > faintest) | tied;
    cv::connectedComponents(faint, ties, 8, CV_32S);
    int own = 0;
    for (int y = 0; y < labels.rows && own == 0; ++y)
        for (int x = 0; x < labels.cols && own == 0; ++x)
            if (labels.at<int>(y, x) == main.label) own = ties.at<int>(y, x);
    for (int y = 0; y < labels.rows; ++y)
        for (int x = 0; x < labels.cols; ++x)
            if (ties.at<int>(y, x) == own) near[size_t(labels.at<int>(y, x))] = 1;
    const std::vector<float> reach = reaches(labels, main.label, all.size() + 1);
    const double longest = std::max(double(farthestPart), longestPart * std::hypot(main.box.width, main.box.height));
    for (const Component &part : all) {
        const size_t label = size_t(part.label);
        keep[label] =
            part.label == main.label || (near[label] && part.area < largestPart * main.area && reach[label] <= longest);
    }
    return keep;
}

/// Fills background that does not reach the map's border and is small beside the object.
void fillHoles(cv::Mat &object, double area) {
    cv::Mat outside, labels, stats, centroids;
    cv::bitwise_not(object, outside);
    const int count = cv::connectedComponentsWithStats(outside, labels, stats, centroids, 4, CV_32S);
    std::vector<uint8_t> fill(size_t(count), 0);
    for (int i = 1; i < count; ++i) {
        const int *s = stats.ptr<int>(i);
        const bool open = s[cv::CC_STAT_LEFT] == 0 || s[cv::CC_STAT_TOP] == 0 ||
                          s[cv::CC_STAT_LEFT] + s[cv::CC_STAT_WIDTH] == object.cols ||
                          s[cv::CC_STAT_TOP] + s[cv::CC_STAT_HEIGHT] == object.rows;
        fill[size_t(i)] = !open && s[cv::CC_STAT_AREA] <= std::max(4.0, largestHole * area);
    }
    for (int y = 0; y < object.rows; ++y)
        for (int x = 0; x < object.cols; ++x)
            if (fill[size_t(labels.at<int>(y, x))]) object.at<uint8_t>(y, x) = 255;
}

/// Full inside, empty outside, the network's own values in the band; linear over one cell at its ends.
void solidify(cv::Mat &map, const cv::Mat &object, const cv::Mat &others, float band) {
    cv::Mat inside, outside, toOthers, background, notOthers;
    cv::bitwise_not(object, background);
    cv::distanceTransform(object, inside, cv::DIST_L2, 5);
    cv::distanceTransform(background, outside, cv::DIST_L2, 5);
    const bool crowded = cv::countNonZero(others) > 0;
    if (crowded) {
        cv::bitwise_not(others, notOthers);
        cv::distanceTransform(notOthers, toOthers, cv::DIST_L2, 5);
    }
    for (int y = 0; y < map.rows; ++y)
        for (int x = 0; x < map.cols; ++x) {
            float &cell = map.at<float>(y, x);
            const float in = inside.at<float>(y, x), out = outside.at<float>(y, x);
            // A cell that belongs to another object, or lies nearer to it, is none of ours.
            if (crowded && toOthers.at<float>(y, x) < out) cell = 0;
            if (in > 0) cell = std::max(cell, std::min(1.0f, std::max(threshold, in - band)));
            if (out > band) cell *= std::max(0.0f, 1 - (out - band));
        }
}

/// Mean of |2p - 1| over the object and the cells round it.
double certainty(const cv::Mat &map, const cv::Mat &object) {
    cv::Mat near;
    cv::dilate(object, near, cv::getStructuringElement(cv::MORPH_ELLIPSE, {9, 9}));
    double sum = 0, count = 0;
    for (int y = 0; y < map.rows; ++y)
        for (int x = 0; x < map.cols; ++x)
            if (near.at<uint8_t>(y, x)) {
                sum += std::abs(2 * double(map.at<float>(y, x)) - 1);
                ++count;
            }
    return count > 0 ? sum / count : 0;
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_matte_choose(float *cells, int32_t width, int32_t height, double focus_x,
                                                 double focus_y, const CVSMapReading *reading, CVSMainObject *object,
                                                 CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (width < 1 || height < 1) throw cvs::Error{CVSStatusBadArgument, "the map has no cells"};
        *object = CVSMainObject{};
        cv::Mat map(height, width, CV_32F, cells), labels;
        normalise(map, object->peak);
        const cv::Mat binary = map > threshold;
        const std::vector<Component> all = components(binary, labels, focus_x, focus_y);
        if (all.empty()) return map.setTo(0), void();

        const std::vector<uint8_t> keep = kept(map, all, labels);
        cv::Mat main(height, width, CV_8U, cv::Scalar(0)), others(height, width, CV_8U, cv::Scalar(0));
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                if (const int label = labels.at<int>(y, x))
                    (keep[size_t(label)] ? main : others).at<uint8_t>(y, x) = 255;
        fillHoles(main, all.front().area);

        const cv::Rect box = cv::boundingRect(main);
        object->found = true;
        object->box = {box.x, box.y, box.width, box.height};
        object->area = double(cv::countNonZero(main)) / (double(width) * height);
        object->certainty = certainty(map, main);
        for (size_t i = 1; i < all.size() && object->rival == 0; ++i)
            if (!keep[size_t(all[i].label)]) object->rival = all[i].standing / all.front().standing;
        solidify(map, main, others, reading->band);
    });
}
