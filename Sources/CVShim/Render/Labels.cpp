#include "Labels.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <opencv2/imgproc/detail/gcgraph.hpp>

namespace {

// Metres: a seam of 1 m costs as much as a surface of so many square metres that is not shown at all. The first for any
// seam, the second for one between black and white.
constexpr double seamAtAll = 0.04, seamContrast = 0.6;
// What a mirrored look costs a square metre, more than any other.
constexpr double mirrorCost = 3, unseenCost = 8;

/// A side between two triangles.
struct Seam {
    int first, second;
    uint32_t vertices[2];
    double length;
};

std::vector<Seam> seamsOf(const CVSMesh &mesh) {
    std::vector<std::pair<uint64_t, int>> sides;
    for (size_t t = 0; t < mesh.triangles.size(); ++t)
        for (size_t i = 0; i < 3; ++i) {
            const uint64_t a = mesh.triangles[t][i], b = mesh.triangles[t][(i + 1) % 3];
            sides.push_back({std::min(a, b) << 32 | std::max(a, b), int(t)});
        }
    std::sort(sides.begin(), sides.end());
    std::vector<Seam> seams;
    for (size_t i = 0; i + 1 < sides.size(); ++i) {
        if (sides[i].first != sides[i + 1].first) continue;
        const uint32_t a = uint32_t(sides[i].first >> 32), b = uint32_t(sides[i].first);
        seams.push_back({sides[i].second, sides[i + 1].second, {a, b}, cv::norm(mesh.vertices[a] - mesh.vertices[b])});
    }
    return seams;
}

class Labelling {
public:
    Labelling(const CVSMesh &mesh, const std::vector<cvs::Look> &looks, CVSCancel cancel)
        : mesh(mesh), looks(looks), count(looks.size()), seams(seamsOf(mesh)) {
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
        std::vector<int> labels(mesh.triangles.size());
        for (size_t t = 0; t < labels.size(); ++t) {
            const float *own = &costs[t * count];
            labels[t] = int(std::min_element(own, own + count) - own);
        }
        for (int sweep = 0; sweep < 3; ++sweep) {
            size_t changed = 0;
            for (size_t label = 0; label < count; ++label) {
                cvs::stopIfCancelled(cancel);
                changed += expand(int(label), labels);
            }
            if (changed == 0) break;
        }
        for (size_t t = 0; t < labels.size(); ++t)
            if (!isShown[t * count + size_t(labels[t])]) labels[t] = -1;
        return labels;
    }

private:
    const CVSMesh &mesh;
    const std::vector<cvs::Look> &looks;
    size_t count;
    std::vector<Seam> seams;
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
    double contrast(const Seam &seam, int a, int b) const {
        double sum = 0;
        for (const uint32_t vertex : seam.vertices) {
            const cv::Vec3f &first = colours[vertex * count + size_t(a)], &second = colours[vertex * count + size_t(b)];
            sum += first[0] < 0 || second[0] < 0 ? 0.5 : cv::norm(first - second) / 441.7 / 2;
        }
        return sum;
    }

    float seamCost(const Seam &seam, int a, int b) const {
        return a == b ? 0 : float(seam.length * (seamAtAll + seamContrast * contrast(seam, a, b)));
    }

    /// Offers a label to all triangles at once; how many take it.
    size_t expand(int label, std::vector<int> &labels) const {
        cv::detail::GCGraph<float> graph;
        graph.create(unsigned(labels.size()), unsigned(2 * seams.size()));
        std::vector<float> keeps(labels.size()), takes(labels.size());
        for (size_t t = 0; t < labels.size(); ++t) {
            graph.addVtx();
            keeps[t] = costs[t * count + size_t(labels[t])];
            takes[t] = costs[t * count + size_t(label)];
        }
        // Source side: keeps its label. For a side with costs A (both keep), B (first keeps), C (second keeps), 0.
        for (const Seam &seam : seams) {
            const float both = seamCost(seam, labels[size_t(seam.first)], labels[size_t(seam.second)]);
            const float first = seamCost(seam, labels[size_t(seam.first)], label);
            const float second = seamCost(seam, label, labels[size_t(seam.second)]);
            // E = A + (C - A) x1 + (0 - C) x2 + (B + C - A) (1 - x1) x2, x = 1 where the label is taken.
            takes[size_t(seam.first)] += second;
            keeps[size_t(seam.first)] += both;
            keeps[size_t(seam.second)] += second;
            graph.addEdges(seam.first, seam.second, std::max(0.0f, first + second - both), 0);
        }
        for (size_t t = 0; t < labels.size(); ++t) graph.addTermWeights(int(t), takes[t], keeps[t]);
        graph.maxFlow();
        size_t changed = 0;
        for (size_t t = 0; t < labels.size(); ++t) {
            if (graph.inSourceSegment(int(t)) || labels[t] == label) continue;
            labels[t] = label;
            ++changed;
        }
        return changed;
    }
};

}  // namespace

std::vector<int> cvs::chosenLooks(const CVSMesh &mesh, const std::vector<Look> &looks, CVSCancel cancel) {
    return Labelling(mesh, looks, cancel).solved(cancel);
}
