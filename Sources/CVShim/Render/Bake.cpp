#include "Bake.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "../Mesh/Raster.hpp"

namespace {

cv::Vec3d mixed(const cv::Vec3f &a, const cv::Vec3f &b, const cv::Vec3f &c, const cv::Vec3d &weights) {
    return cv::Vec3d(a) * weights[0] + cv::Vec3d(b) * weights[1] + cv::Vec3d(c) * weights[2];
}

class Painter {
public:
    Painter(const CVSMesh &mesh, const std::vector<cvs::Look> &looks, const cvs::Blend &blend)
        : mesh(mesh), looks(looks), blend(blend) {}

    void begin(const cvs::Triangle &triangle) {
        vertices = triangle;
        shown.clear();
        for (size_t l = 0; l < looks.size(); ++l)
            if (share(0, l) + share(1, l) + share(2, l) > 0.01f) shown.push_back(l);
    }

    cv::Vec3f colour(const cv::Vec3d &weights) const {
        const cv::Vec3d point =
            mixed(mesh.vertices[vertices[0]], mesh.vertices[vertices[1]], mesh.vertices[vertices[2]], weights);
        cv::Vec3d normal =
            mixed(mesh.normals[vertices[0]], mesh.normals[vertices[1]], mesh.normals[vertices[2]], weights);
        normal /= std::max(1e-9, cv::norm(normal));
        cv::Vec3d sum(0, 0, 0);
        double total = 0;
        for (const size_t l : shown) {
            const double own = weights[0] * share(0, l) + weights[1] * share(1, l) + weights[2] * share(2, l);
            if (own < 0.01) continue;
            cv::Vec2d place;
            if (looks[l].quality(point, normal, place) <= 0) continue;
            sum += own * (cv::Vec3d(looks[l].colour(place)) +
                          mixed(correction(0, l), correction(1, l), correction(2, l), weights));
            total += own;
        }
        const cv::Vec3d fill =
            mixed(blend.fill[vertices[0]], blend.fill[vertices[1]], blend.fill[vertices[2]], weights);
        // Where only a part is seen, what was seen counts for that part.
        const cv::Vec3d colour = total > 0 ? sum + std::max(0.0, 1 - total) * fill : fill;
        return total > 1 ? sum / total : colour;
    }

private:
    const CVSMesh &mesh;
    const std::vector<cvs::Look> &looks;
    const cvs::Blend &blend;
    cvs::Triangle vertices{};
    std::vector<size_t> shown;

    float share(size_t corner, size_t look) const { return blend.shares[vertices[corner] * blend.looks + look]; }
    const cv::Vec3f &correction(size_t corner, size_t look) const {
        return blend.corrections[vertices[corner] * blend.looks + look];
    }
};

/// Lets the charts' borders run out into what lies between, and fills the rest from ever coarser means. What is not
/// covered must be 0.
void runOut(cv::Mat &colours, cv::Mat &covered) {
    if (std::min(colours.cols, colours.rows) < 2) return;
    cv::Mat small, weights;
    const cv::Size half((colours.cols + 1) / 2, (colours.rows + 1) / 2);
    cv::resize(colours, small, half, 0, 0, cv::INTER_AREA);
    cv::resize(covered, weights, half, 0, 0, cv::INTER_AREA);
    for (int y = 0; y < half.height; ++y)
        for (int x = 0; x < half.width; ++x) {
            float &weight = weights.at<float>(y, x);
            if (weight > 0) small.at<cv::Vec3f>(y, x) /= weight;
            weight = weight > 0 ? 1.0f : 0.0f;
        }
    runOut(small, weights);
    for (int y = 0; y < colours.rows; ++y)
        for (int x = 0; x < colours.cols; ++x)
            if (covered.at<float>(y, x) == 0) colours.at<cv::Vec3f>(y, x) = small.at<cv::Vec3f>(y / 2, x / 2);
}

}  // namespace

cv::Mat cvs::baked(const CVSMesh &mesh, const Atlas &atlas, const std::vector<Look> &looks, const Blend &blend,
                   CVSCancel cancel) {
    cv::Mat colours(atlas.size, atlas.size, CV_32FC3, cv::Scalar::all(0));
    cv::Mat covered(atlas.size, atlas.size, CV_32F, cv::Scalar(0));
    Painter painter(mesh, looks, blend);
    for (size_t t = 0; t < atlas.triangles.size(); ++t) {
        if (t % 256 == 0) stopIfCancelled(cancel);
        cv::Vec2d places[3];
        Triangle vertices;
        for (size_t k = 0; k < 3; ++k) {
            const Atlas::Corner &corner = atlas.corners[atlas.triangles[t][k]];
            places[k] = cv::Vec2d(corner.place);
            vertices[k] = corner.vertex;
        }
        painter.begin(vertices);
        fillTriangle(places, atlas.size, atlas.size, [&](int x, int y, const cv::Vec3d &weights) {
            if (covered.at<float>(y, x) > 0) return;
            colours.at<cv::Vec3f>(y, x) = painter.colour(weights);
            covered.at<float>(y, x) = 1;
        });
    }
    runOut(colours, covered);
    cv::Mat picture;
    colours.convertTo(picture, CV_8UC3);
    return picture;
}
