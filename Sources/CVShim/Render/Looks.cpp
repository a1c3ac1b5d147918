#include "Looks.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "../Mesh/Raster.hpp"

namespace {

constexpr double leastCosine = 0.10, margin = 2.0;
// An alpha below it is a hole; panes that let through keep one half.
constexpr int hole = 96;

/// Weights of the four samples round a place between two.
void cubic(double share, double weights[4]) {
    const double t = share, u = 1 - share;
    weights[0] = -0.5 * t * u * u;
    weights[3] = -0.5 * u * t * t;
    weights[1] = 1 + t * t * (1.5 * t - 2.5);
    weights[2] = 1 + u * u * (1.5 * u - 2.5);
}

cv::Vec3f bilinear(const cv::Mat &map, double x, double y) {
    x = std::clamp(x, 0.0, double(map.cols - 1));
    y = std::clamp(y, 0.0, double(map.rows - 1));
    const int column = std::min(int(x), std::max(0, map.cols - 2)), row = std::min(int(y), std::max(0, map.rows - 2));
    const int right = std::min(column + 1, map.cols - 1), below = std::min(row + 1, map.rows - 1);
    const float a = float(x - column), b = float(y - row);
    return (map.at<cv::Vec3f>(row, column) * (1 - a) + map.at<cv::Vec3f>(row, right) * a) * (1 - b) +
           (map.at<cv::Vec3f>(below, column) * (1 - a) + map.at<cv::Vec3f>(below, right) * a) * b;
}

/// Gaussian mean of the object's own colours, at a smaller size.
void blur(cvs::Look &look, double sigma) {
    look.coarse = std::max(1.0, sigma / 4);
    const cv::Size size(std::max(2, int(std::lround(look.photo.cols / look.coarse))),
                        std::max(2, int(std::lround(look.photo.rows / look.coarse))));
    // Colours without detail need no more pixels than this.
    const double shrink = std::max(1.0, std::max(look.photo.cols, look.photo.rows) / 1600.0);
    cv::Mat colours = look.photo;
    if (shrink > 1) cv::resize(look.photo, colours, {}, 1 / shrink, 1 / shrink, cv::INTER_AREA);
    const double stepX = double(look.photo.cols) / colours.cols, stepY = double(look.photo.rows) / colours.rows;
    cv::Mat inside(colours.size(), CV_32F);
    colours.convertTo(colours, CV_32FC3);
    for (int y = 0; y < inside.rows; ++y)
        for (int x = 0; x < inside.cols; ++x) {
            const double depth = look.silhouette->at((x + 0.5) * stepX - 0.5, (y + 0.5) * stepY - 0.5).value;
            inside.at<float>(y, x) = depth > margin * shrink && !look.isHole((x + 0.5) * stepX, (y + 0.5) * stepY);
            colours.at<cv::Vec3f>(y, x) *= inside.at<float>(y, x);
        }
    cv::Mat small, weights;
    cv::resize(colours, small, size, 0, 0, cv::INTER_AREA);
    cv::resize(inside, weights, size, 0, 0, cv::INTER_AREA);
    const double reach = sigma * size.width / look.photo.cols;
    cv::GaussianBlur(small, small, cv::Size(), reach, reach, cv::BORDER_CONSTANT);
    cv::GaussianBlur(weights, weights, cv::Size(), reach, reach, cv::BORDER_CONSTANT);
    for (int y = 0; y < small.rows; ++y)
        for (int x = 0; x < small.cols; ++x) small.at<cv::Vec3f>(y, x) /= std::max(1e-4f, weights.at<float>(y, x));
    look.blurred = small;
}

}  // namespace

bool cvs::Look::isHole(double x, double y) const {
    if (opaque.empty()) return false;
    return opaque.at<uint8_t>(std::clamp(int(y), 0, opaque.rows - 1), std::clamp(int(x), 0, opaque.cols - 1)) == 0;
}

double cvs::Look::quality(const cv::Vec3d &point, const cv::Vec3d &normal, cv::Vec2d &place) const {
    const Seen seen = see(camera, point);
    if (seen.depth <= 0) return 0;
    place = {seen.x, seen.y};
    if (seen.x < 1 || seen.y < 1 || seen.x > camera.width - 2 || seen.y > camera.height - 2) return 0;
    cv::Vec3d away = centreOf(camera) - point;
    away /= cv::norm(away);
    const double cosine = away.dot(normal);
    if (cosine <= leastCosine) return 0;
    const int column = std::clamp(int((seen.x + 0.5) / shrink), 0, nearest.cols - 1);
    const int row = std::clamp(int((seen.y + 0.5) / shrink), 0, nearest.rows - 1);
    // A slanted surface is its own neighbour in front by as much as it falls off within a sample or two.
    const double slope = 3 * shrink * seen.depth / camera.focal * std::sqrt(1 / (cosine * cosine) - 1);
    if (seen.depth > double(nearest.at<float>(row, column)) + 0.004 * seen.depth + slope) return 0;
    if (silhouette->at(seen.x, seen.y).value < margin) return 0;
    if (isHole(seen.x + 0.5, seen.y + 0.5)) return 0;
    return (cosine - leastCosine) / (1 - leastCosine);
}

cv::Vec3f cvs::Look::colour(const cv::Vec2d &place) const {
    const double x = std::clamp(place[0], 1.0, photo.cols - 2.001), y = std::clamp(place[1], 1.0, photo.rows - 2.001);
    const int column = int(x), row = int(y);
    double across[4], down[4];
    cubic(x - column, across);
    cubic(y - row, down);
    double sum[3] = {0, 0, 0};
    for (int j = 0; j < 4; ++j) {
        const uint8_t *line = photo.ptr<uint8_t>(std::min(row - 1 + j, photo.rows - 1)) + 3 * (column - 1);
        for (int i = 0; i < 4; ++i)
            for (int c = 0; c < 3; ++c) sum[c] += down[j] * across[i] * line[3 * i + c];
    }
    return {float(sum[0]) * gain, float(sum[1]) * gain, float(sum[2]) * gain};
}

cv::Vec3f cvs::Look::base(const cv::Vec2d &place) const {
    const double scaleX = double(blurred.cols) / photo.cols, scaleY = double(blurred.rows) / photo.rows;
    return bilinear(blurred, (place[0] + 0.5) * scaleX - 0.5, (place[1] + 0.5) * scaleY - 0.5) * gain;
}

std::vector<cvs::Look> cvs::looksAt(const CVSMesh &mesh, const std::vector<PhotoView> &photos, bool symmetric,
                                    CVSCancel cancel) {
    std::vector<Look> looks;
    for (size_t i = 0; i < photos.size() * (symmetric ? 2 : 1); ++i) {
        stopIfCancelled(cancel);
        const PhotoView &view = photos[i % photos.size()];
        Look look;
        look.isMirrored = i >= photos.size();
        look.silhouette = view.silhouette;
        look.photo = view.photo;
        look.camera = look.isMirrored ? mirrored(view.camera) : view.camera;
        if (look.isMirrored) {
            look.opaque = looks[i - photos.size()].opaque;
            look.blurred = looks[i - photos.size()].blurred;
            look.coarse = looks[i - photos.size()].coarse;
        } else {
            if (!view.alpha.empty()) cv::erode(view.alpha >= hole, look.opaque, cv::Mat::ones(5, 5, CV_8U));
            blur(look, 0.012 * std::max(view.camera.width, view.camera.height));
        }
        look.shrink = std::max(1.0, std::max(view.camera.width, view.camera.height) / 800.0);
        const CVSCamera small = scaled(look.camera, int(std::ceil(look.camera.width / look.shrink)),
                                       int(std::ceil(look.camera.height / look.shrink)));
        look.shrink = double(look.camera.width) / small.width;
        // What stands in front covers a little more than it should: its true outline is not known to the pixel.
        cv::erode(rastered(mesh, small, cancel).depth, look.nearest, cv::Mat::ones(3, 3, CV_8U));
        looks.push_back(std::move(look));
    }
    return looks;
}

void cvs::harmonise(const CVSMesh &mesh, std::vector<Look> &looks) {
    const size_t count = size_t(std::count_if(looks.begin(), looks.end(), [](const Look &l) { return !l.isMirrored; }));
    // Reflections differ from photo to photo as well, so that colours say little: one gain for all three channels, and
    // held to 1 unless a good part of the surface asks for another.
    constexpr double held = 0.2;
    cv::Mat normal = cv::Mat::zeros(int(count), int(count), CV_64F), right = cv::Mat::zeros(int(count), 1, CV_64F);
    double total = 0;
    for (size_t v = 0; v < mesh.vertices.size(); ++v) {
        std::vector<std::pair<double, double>> seen(count, {0, 0});
        for (size_t i = 0; i < count; ++i) {
            cv::Vec2d place;
            const double quality = looks[i].quality(mesh.vertices[v], mesh.normals[v], place);
            if (quality < 0.15) continue;
            const cv::Vec3f base = looks[i].base(place);
            const double luma = 0.2126 * double(base[0]) + 0.7152 * double(base[1]) + 0.0722 * double(base[2]);
            if (luma > 8 && luma < 247) seen[i] = {quality, std::log(luma)};
        }
        for (int i = 0; i < int(count); ++i)
            for (int j = i + 1; j < int(count); ++j) {
                const double weight = seen[size_t(i)].first * seen[size_t(j)].first;
                if (!(weight > 0)) continue;
                const double step = seen[size_t(j)].second - seen[size_t(i)].second;
                total += weight;
                normal.at<double>(i, i) += weight;
                normal.at<double>(j, j) += weight;
                normal.at<double>(i, j) -= weight;
                normal.at<double>(j, i) -= weight;
                right.at<double>(i) += weight * step;
                right.at<double>(j) -= weight * step;
            }
    }
    if (!(total > 0)) return;
    normal += cv::Mat::eye(int(count), int(count), CV_64F) * (held * total / double(count));
    cv::Mat logs;
    cv::solve(normal, right, logs, cv::DECOMP_CHOLESKY);
    for (size_t i = 0; i < looks.size(); ++i)
        looks[i].gain = float(std::clamp(std::exp(logs.at<double>(int(i % count))), 0.6, 1.6));
}
