#include "Labelling.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <opencv2/imgproc/detail/gcgraph.hpp>

namespace {

using SeamCost = std::function<float(const cvs::Seam &, int, int)>;

/// Offers a label to all triangles at once; how many take it.
size_t expand(int label, const std::vector<float> &costs, size_t count, const std::vector<cvs::Seam> &seams,
              const SeamCost &seamCost, std::vector<int> &labels) {
    cv::detail::GCGraph<float> graph;
    graph.create(unsigned(labels.size()), unsigned(2 * seams.size()));
    std::vector<float> keeps(labels.size()), takes(labels.size());
    for (size_t t = 0; t < labels.size(); ++t) {
        graph.addVtx();
        keeps[t] = costs[t * count + size_t(labels[t])];
        takes[t] = costs[t * count + size_t(label)];
    }
    // Source side: keeps its label. For a side with costs A (both keep), B (first keeps), C (second keeps), 0.
    for (const cvs::Seam &seam : seams) {
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

}  // namespace

std::vector<cvs::Seam> cvs::seamsOf(const CVSMesh &mesh) {
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

std::vector<int> cvs::labelled(const std::vector<float> &costs, size_t labels, const std::vector<Seam> &seams,
                               const SeamCost &seamCost, CVSCancel cancel) {
    std::vector<int> chosen(costs.size() / labels);
    for (size_t t = 0; t < chosen.size(); ++t) {
        const float *own = &costs[t * labels];
        chosen[t] = int(std::min_element(own, own + labels) - own);
    }
    for (int sweep = 0; sweep < 3; ++sweep) {
        size_t changed = 0;
        for (size_t label = 0; label < labels; ++label) {
            stopIfCancelled(cancel);
            changed += expand(int(label), costs, labels, seams, seamCost, chosen);
        }
        if (changed == 0) break;
    }
    return chosen;
}
