#include "Blend.hpp"

#include <algorithm>
#include <cmath>

namespace {

// Metres: how far detail and plain colour reach over a seam.
constexpr double narrow = 0.02, wide = 0.22;
// Up to which quality a surface is seen so much on edge that it shows streaks and the sky, and from which it is
// trusted.
constexpr double none = 0.02, full = 0.14;
// What lies in the shade beneath a car: black plastic and rubber.
const cv::Vec3f shade(34, 34, 36);

double meanSide(const CVSMesh &mesh) {
    double sum = 0;
    for (const cvs::Triangle &t : mesh.triangles) sum += cv::norm(mesh.vertices[t[0]] - mesh.vertices[t[1]]);
    return sum / std::max<size_t>(1, mesh.triangles.size());
}

/// Means with the neighbours, so often that a step spreads over `reach` metres.
void spread(const cvs::Neighbours &neighbours, std::vector<float> &values, size_t width, int times, CVSCancel cancel) {
    std::vector<float> next(values.size());
    const size_t count = values.size() / width;
    for (int time = 0; time < times; ++time) {
        cvs::stopIfCancelled(cancel);
        for (size_t v = 0; v < count; ++v) {
            const uint32_t first = neighbours.begin[v], last = neighbours.begin[v + 1];
            const float own = 0.5f, other = last > first ? 0.5f / float(last - first) : 0;
            float *to = &next[v * width];
            for (size_t l = 0; l < width; ++l) to[l] = own * values[v * width + l];
            for (uint32_t k = first; k < last; ++k) {
                const float *from = &values[size_t(neighbours.of[k]) * width];
                for (size_t l = 0; l < width; ++l) to[l] += other * from[l];
            }
        }
        values.swap(next);
    }
}

int timesFor(double reach, double side) {
    return std::clamp(int(std::lround(2 * reach * reach / (side * side))), 1, 400);
}

bool scaleToOne(float *values, size_t count) {
    float sum = 0;
    for (size_t l = 0; l < count; ++l) sum += values[l];
    if (sum < 1e-4f) {
        std::fill(values, values + count, 0.0f);
        return false;
    }
    for (size_t l = 0; l < count; ++l) values[l] /= sum;
    return true;
}

/// Colours for vertices without one: those of the nearest that have one, evened out; dark where the car looks down.
std::vector<cv::Vec3f> filled(const CVSMesh &mesh, const cvs::Neighbours &neighbours, std::vector<cv::Vec3f> colours,
                              std::vector<uint8_t> isKnown, CVSCancel cancel) {
    float top = 0;
    for (const cv::Vec3f &vertex : mesh.vertices) top = std::max(top, vertex[1]);
    for (size_t v = 0; v < colours.size(); ++v) {
        const bool isBeneath =
            mesh.vertices[v][1] < 0.3f * top && (mesh.normals[v][1] < -0.3f || mesh.vertices[v][1] < 0.12f * top);
        if (isKnown[v] || !isBeneath) continue;
        colours[v] = shade;
        isKnown[v] = 2;
    }
    std::vector<uint32_t> open;
    for (uint32_t v = 0; v < colours.size(); ++v)
        if (!isKnown[v]) open.push_back(v);
    const std::vector<uint32_t> unknown = open;
    while (!open.empty()) {
        std::vector<uint32_t> still, done;
        for (const uint32_t v : open) {
            cv::Vec3f sum(0, 0, 0);
            float weight = 0;
            for (uint32_t k = neighbours.begin[v]; k < neighbours.begin[v + 1]; ++k)
                if (isKnown[neighbours.of[k]] == 1) {
                    sum += colours[neighbours.of[k]];
                    weight += 1;
                }
            if (weight > 0) {
                colours[v] = sum / weight;
                done.push_back(v);
            } else {
                still.push_back(v);
            }
        }
        for (const uint32_t v : done) isKnown[v] = 1;
        if (done.empty()) {
            for (const uint32_t v : still) colours[v] = shade;
            break;
        }
        open = std::move(still);
    }
    for (int time = 0; time < 200; ++time) {
        cvs::stopIfCancelled(cancel);
        for (const uint32_t v : unknown) {
            cv::Vec3f sum = colours[v];
            float weight = 1;
            for (uint32_t k = neighbours.begin[v]; k < neighbours.begin[v + 1]; ++k) {
                if (isKnown[neighbours.of[k]] == 2) continue;
                sum += colours[neighbours.of[k]];
                weight += 1;
            }
            colours[v] = sum / weight;
        }
    }
    return colours;
}

}  // namespace

cvs::Blend cvs::blended(const CVSMesh &mesh, const std::vector<Look> &looks, const std::vector<int> &labels,
                        CVSCancel cancel) {
    const size_t count = looks.size(), vertices = mesh.vertices.size();
    Blend blend;
    blend.looks = count;
    std::vector<float> ones(vertices * count, 0);
    for (size_t t = 0; t < labels.size(); ++t)
        if (labels[t] >= 0)
            for (const uint32_t vertex : mesh.triangles[t]) ones[vertex * count + size_t(labels[t])] += 1;
    for (size_t v = 0; v < vertices; ++v) scaleToOne(&ones[v * count], count);
    const Neighbours neighbours = neighboursOf(mesh);
    const double side = meanSide(mesh);
    blend.shares = ones;
    spread(neighbours, blend.shares, count, timesFor(narrow, side), cancel);
    spread(neighbours, ones, count, timesFor(wide, side), cancel);

    blend.corrections.assign(vertices * count, cv::Vec3f(0, 0, 0));
    std::vector<cv::Vec3f> mixed(vertices, cv::Vec3f(0, 0, 0));
    std::vector<uint8_t> isKnown(vertices, 0);
    std::vector<float> trust(vertices, 0);
    for (size_t v = 0; v < vertices; ++v) {
        if (v % 4096 == 0) stopIfCancelled(cancel);
        float *shares = &blend.shares[v * count], *wides = &ones[v * count];
        std::vector<cv::Vec3f> bases(count);
        std::vector<double> qualities(count, 0);
        for (size_t l = 0; l < count; ++l) {
            cv::Vec2d place;
            const double quality = looks[l].quality(mesh.vertices[v], mesh.normals[v], place);
            qualities[l] = quality;
            wides[l] *= float(quality);
            if (quality <= 0) shares[l] = 0;
            if (quality > 0) bases[l] = looks[l].base(place);
        }
        double best = 0;
        for (size_t l = 0; l < count; ++l)
            if (shares[l] > 0) best = std::max(best, qualities[l]);
        trust[v] = scaleToOne(shares, count) ? float(std::clamp((best - none) / (full - none), 0.0, 1.0)) : 0;
        isKnown[v] = trust[v] >= 1;
        if (!scaleToOne(wides, count)) std::copy(shares, shares + count, wides);
        for (size_t l = 0; l < count; ++l) mixed[v] += wides[l] * bases[l];
        for (size_t l = 0; l < count; ++l)
            if (shares[l] > 0) blend.corrections[v * count + l] = mixed[v] - bases[l];
    }
    spread(neighbours, trust, 1, timesFor(narrow, side), cancel);
    for (size_t v = 0; v < vertices; ++v)
        for (size_t l = 0; l < count; ++l) blend.shares[v * count + l] *= trust[v];
    blend.fill = filled(mesh, neighbours, mixed, isKnown, cancel);
    return blend;
}
