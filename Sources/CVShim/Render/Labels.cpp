#include "Labels.hpp"

#include <algorithm>
#include <cmath>

#include "Labelling.hpp"
namespace {

// Metres: a seam of 1 m costs as much as a surface of so many square metres that is not shown at all. The first for any
// seam, the second for one between black and white.
constexpr double seamAtAll = 0.04, seamContrast = 0.6;
// What a mirrored look costs a square metre, more than any other.
constexpr double mirrorCost = 3, unseenCost = 8;

class Choice {
public:
    Choice(const CVSMesh &mesh, const std::vector<cvs::Look> &looks, CVSCancel cancel)
        : mesh(mesh), looks(looks), count(looks.size()), seams(cvs::seamsOf(mesh)) {
        colours.assign(mesh.vertices.size() * count, cv::Vec3f(-1, -1, -1));
        std::vector<float> qualities(mesh.vertices.size() * count, 0);
        for (size_t v = 0; v < mesh.vertices.size(); ++v) {
            if (v % 4096 == 0) cvs::stopIfCancelled(cancel);
            for (size_t l = 0; l < count; ++l) {
                cv::Vec2d place;
                const double quality = looks[l].quality(mesh.vertices[v], mesh.normals[v], place);
                if (quality <= 0) continue;
                const double metre =
                    looks[l].camera.focal / cv::norm(cvs::centreOf(looks[l].camera) - cv::Vec3d(mesh.vertices[v]));
                qualities[v * count + l] = float(quality * metre);
                colours[v * count + l] = looks[l].colour(place);
            }
        }
        measure(qualities);
    }

    std::vector<int> solved(CVSCancel cancel) {
        std::vector<int> labels = cvs::labelled(
            costs, count, seams, [this](const cvs::Seam &seam, int a, int b) { return seamCost(seam, a, b); }, cancel);
        for (size_t t = 0; t < labels.size(); ++t)
            if (!isShown[t * count + size_t(labels[t])]) labels[t] = -1;
        return labels;
    }

private:
    const CVSMesh &mesh;
    const std::vector<cvs::Look> &looks;
    size_t count;
    std::vector<cvs::Seam> seams;
    std::vector<cv::Vec3f> colours;
    std::vector<float> costs;
    std::vector<uint8_t> isShown;

    void measure(const std::vector<float> &qualities) {
        costs.assign(mesh.triangles.size() * count, 0);
        isShown.assign(costs.size(), 0);
        for (size_t t = 0; t < mesh.triangles.size(); ++t) {
            const cvs::Triangle &triangle = mesh.triangles[t];
            const cv::Vec3d a = mesh.vertices[triangle[0]];
            const double area =
                cv::norm((cv::Vec3d(mesh.vertices[triangle[1]]) - a).cross(cv::Vec3d(mesh.vertices[triangle[2]]) - a)) /
                2;
            double best = 0;
            std::vector<double> shown(count, 0);
            for (size_t l = 0; l < count; ++l) {
                int corners = 0;
                double sum = 0;
                for (const uint32_t vertex : triangle) {
                    corners += qualities[vertex * count + l] > 0;
                    sum += double(qualities[vertex * count + l]) / 3;
                }
                shown[l] = corners < 2 ? 0 : corners == 2 ? sum / 2 : sum;
                best = std::max(best, shown[l]);
            }
            for (size_t l = 0; l < count; ++l) {
                const bool is = shown[l] > 0;
                isShown[t * count + l] = is;
                const double lost = is ? 1 - shown[l] / best : unseenCost;
                costs[t * count + l] = float(area * (lost + (is && looks[l].isMirrored ? mirrorCost : 0)));
            }
        }
    }

    /// How much two looks differ at a side's ends, 0...1.
    double contrast(const cvs::Seam &seam, int a, int b) const {
        double sum = 0;
        for (const uint32_t vertex : seam.vertices) {
            const cv::Vec3f &first = colours[vertex * count + size_t(a)], &second = colours[vertex * count + size_t(b)];
            sum += first[0] < 0 || second[0] < 0 ? 0.5 : cv::norm(first - second) / 441.7 / 2;
        }
        return sum;
    }

    float seamCost(const cvs::Seam &seam, int a, int b) const {
        return a == b ? 0 : float(seam.length * (seamAtAll + seamContrast * contrast(seam, a, b)));
    }
};

}  // namespace

std::vector<int> cvs::chosenLooks(const CVSMesh &mesh, const std::vector<Look> &looks, CVSCancel cancel) {
    return Choice(mesh, looks, cancel).solved(cancel);
}
