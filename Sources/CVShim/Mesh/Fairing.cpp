#include "Fairing.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "Raster.hpp"

namespace {

using Field = std::vector<cv::Vec3d>;

/// The vertex shall lie at `offset` along `direction`.
struct Pull {
    uint32_t vertex;
    cv::Vec3d direction;
    double offset, weight;
};

double dot(const Field &a, const Field &b) {
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) sum += a[i].dot(b[i]);
    return sum;
}

/// The normal equations of thin plate, pulls and anchors, applied without being written down.
class Plate {
public:
    Plate(const cvs::Neighbours &neighbours, const std::vector<Pull> &pulls, const std::vector<double> &anchors,
          double stiffness)
        : neighbours(neighbours), pulls(pulls), anchors(anchors), stiffness(stiffness) {}

    Field applied(const Field &x) const {
        const size_t count = x.size();
        Field bends(count), result(count);
        for (size_t i = 0; i < count; ++i) {
            cv::Vec3d sum(0, 0, 0);
            const uint32_t first = neighbours.begin[i], last = neighbours.begin[i + 1];
            for (uint32_t k = first; k < last; ++k) sum += x[neighbours.of[k]];
            bends[i] = x[i] - sum / std::max(1.0, double(last - first));
        }
        for (size_t i = 0; i < count; ++i) {
            cv::Vec3d sum = bends[i];
            for (uint32_t k = neighbours.begin[i]; k < neighbours.begin[i + 1]; ++k) {
                const uint32_t other = neighbours.of[k];
                sum -= bends[other] / double(neighbours.begin[other + 1] - neighbours.begin[other]);
            }
            result[i] = stiffness * sum + anchors[i] * x[i];
        }
        for (const Pull &pull : pulls)
            result[pull.vertex] += pull.weight * pull.direction.dot(x[pull.vertex]) * pull.direction;
        return result;
    }

    Field target(const Field &anchor) const {
        Field right(anchor.size());
        for (size_t i = 0; i < anchor.size(); ++i) right[i] = anchors[i] * anchor[i];
        for (const Pull &pull : pulls) right[pull.vertex] += pull.weight * pull.offset * pull.direction;
        return right;
    }

    /// The mean of the matrix's diagonal for each vertex, to even the unknowns out.
    std::vector<double> diagonal() const {
        std::vector<double> sums(anchors);
        for (size_t i = 0; i < sums.size(); ++i) {
            const uint32_t first = neighbours.begin[i], last = neighbours.begin[i + 1];
            double own = 1;
            for (uint32_t k = first; k < last; ++k) {
                const double degree = neighbours.begin[neighbours.of[k] + 1] - neighbours.begin[neighbours.of[k]];
                own += 1 / (degree * degree);
            }
            sums[i] += stiffness * own;
        }
        for (const Pull &pull : pulls) sums[pull.vertex] += pull.weight / 3;
        return sums;
    }

private:
    const cvs::Neighbours &neighbours;
    const std::vector<Pull> &pulls;
    const std::vector<double> &anchors;
    double stiffness;
};

/// Preconditioned conjugate gradients (Hestenes and Stiefel 1952).
void solve(const Plate &plate, Field &x, const Field &right, int steps, CVSCancel cancel) {
    const std::vector<double> diagonal = plate.diagonal();
    Field residual = plate.applied(x), scaled(x.size());
    for (size_t i = 0; i < x.size(); ++i) residual[i] = right[i] - residual[i];
    for (size_t i = 0; i < x.size(); ++i) scaled[i] = residual[i] / diagonal[i];
    Field way = scaled;
    double size = dot(residual, scaled);
    const double enough = size * 1e-8;
    for (int step = 0; step < steps && size > enough; ++step) {
        cvs::stopIfCancelled(cancel);
        const Field image = plate.applied(way);
        const double length = size / dot(way, image);
        for (size_t i = 0; i < x.size(); ++i) {
            x[i] += length * way[i];
            residual[i] -= length * image[i];
            scaled[i] = residual[i] / diagonal[i];
        }
        const double next = dot(residual, scaled);
        for (size_t i = 0; i < x.size(); ++i) way[i] = scaled[i] + next / size * way[i];
        size = next;
    }
}

/// Which vertices lie between a side that looks to the camera and one that does not.
std::vector<uint8_t> turning(const CVSMesh &mesh, const cv::Vec3d &centre) {
    std::vector<uint8_t> sides(mesh.vertices.size(), 0);
    for (const cvs::Triangle &triangle : mesh.triangles) {
        const cv::Vec3d a = mesh.vertices[triangle[0]];
        const cv::Vec3d across =
            (cv::Vec3d(mesh.vertices[triangle[1]]) - a).cross(cv::Vec3d(mesh.vertices[triangle[2]]) - a);
        const uint8_t side = across.dot(centre - a) > 0 ? 1 : 2;
        for (const uint32_t vertex : triangle) sides[vertex] |= side;
    }
    return sides;
}

/// What one silhouette asks of the mesh.
void addPulls(const CVSMesh &mesh, const cvs::HullView &view, std::vector<Pull> &pulls, double &squares, int &count,
              CVSCancel cancel) {
    constexpr int longest = 640;
    constexpr double beside = 1.6, farthest = 0.15;
    constexpr int bin = 4;
    const CVSCamera &whole = view.camera;
    const double shrink = std::min(1.0, double(longest) / std::max(whole.width, whole.height));
    const CVSCamera small = cvs::scaled(whole, std::max(1, int(std::lround(whole.width * shrink))),
                                        std::max(1, int(std::lround(whole.height * shrink))));
    const cvs::Raster raster = cvs::rastered(mesh, small, cancel);
    cv::Mat covered = raster.triangle >= 0, within;
    cv::distanceTransform(covered, within, cv::DIST_L2, cv::DIST_MASK_5);
    const std::vector<uint8_t> sides = turning(mesh, cvs::centreOf(whole));
    // A side of the hull that lies along the cone of sight is all outline; the true one runs somewhere through it, most
    // likely through its middle. So of the vertices that share a place in the picture the middle one is taken.
    std::vector<std::pair<int, std::pair<double, uint32_t>>> rims;
    auto pull = [&](uint32_t vertex, double weight, bool isRim) {
        const cv::Vec3d place = mesh.vertices[vertex];
        const cvs::Seen seen = cvs::see(whole, place);
        const cvs::Depth depth = view.silhouette->at(seen.x, seen.y);
        const double metres = depth.value * seen.depth / whole.focal, length = std::hypot(depth.dx, depth.dy);
        if (!depth.known || length < 0.5 || std::abs(metres) > farthest) return;
        const cv::Vec3d ray = cvs::directionTo(whole, place);
        cv::Vec3d inwards(depth.dx, depth.dy, -(depth.dx * ray[0] + depth.dy * ray[1]) / ray[2]);
        inwards = cvs::turnedBack(whole, inwards / cv::norm(inwards));
        pulls.push_back({vertex, inwards, inwards.dot(place) - metres, weight});
        if (isRim) {
            squares += metres * metres;
            ++count;
        }
    };
    for (uint32_t i = 0; i < mesh.vertices.size(); ++i) {
        const cv::Vec3d place = mesh.vertices[i];
        const cvs::Seen seen = cvs::see(small, place);
        if (seen.depth <= 0) continue;
        const int x = int(std::lround(seen.x)), y = int(std::lround(seen.y));
        const bool isIn = x >= 0 && y >= 0 && x < within.cols && y < within.rows;
        if (sides[i] == 3 && isIn && within.at<float>(y, x) <= beside) {
            rims.push_back({y / bin * 100000 + x / bin, {seen.depth, i}});
        } else {
            const cvs::Seen full = cvs::see(whole, place);
            const cvs::Depth depth = view.silhouette->at(full.x, full.y);
            if (depth.known && depth.value < -0.5) pull(i, 0.5, false);
        }
    }
    std::sort(rims.begin(), rims.end());
    for (size_t i = 0; i < rims.size();) {
        size_t next = i;
        while (next < rims.size() && rims[next].first == rims[i].first) ++next;
        pull(rims[(i + next) / 2].second.second, 4, true);
        i = next;
    }
}

/// How firmly each vertex stays where it is: hardly, but for those that no silhouette made, deep inside the hull.
std::vector<double> anchorsOf(const CVSMesh &mesh, const cvs::Hull &hull, double depth,
                              const std::vector<bool> &tyres) {
    constexpr double firm = 1e3, free = 1e-4;
    std::vector<double> anchors;
    anchors.reserve(mesh.vertices.size());
    for (size_t i = 0; i < mesh.vertices.size(); ++i)
        anchors.push_back(tyres[i] ? firm : hull.depth(mesh.vertices[i]) > depth ? 1 : free);
    return anchors;
}

/// Which vertices are a tyre's rather than the hull's.
std::vector<bool> onTyres(const CVSMesh &mesh, const cvs::Tyres *tyres, double near) {
    std::vector<bool> all(mesh.vertices.size(), false);
    for (size_t i = 0; tyres && i < all.size(); ++i) all[i] = std::abs(tyres->depth(mesh.vertices[i])) < near;
    return all;
}

/// Draws the outsides of wheels to the planes of their faces.
void addFaces(const CVSMesh &mesh, const std::vector<CVSWheel> &wheels, std::vector<Pull> &pulls) {
    constexpr double reach = 0.92, weight = 2;
    for (const CVSWheel &wheel : wheels) {
        const double side = wheel.axle[0] < 0 ? -1 : 1, face = std::abs(wheel.axle[0]);
        for (uint32_t i = 0; i < mesh.vertices.size(); ++i) {
            const cv::Vec3d place = mesh.vertices[i];
            if (side * place[0] < 0.8 * face) continue;
            if (std::hypot(place[1] - wheel.axle[1], place[2] - wheel.axle[2]) > reach * wheel.radius) continue;
            pulls.push_back({i, {side, 0, 0}, face, weight});
        }
    }
}

}  // namespace

double cvs::fair(CVSMesh &mesh, const Hull &hull, const Fairness &fairness, CVSCancel cancel) {
    const std::vector<HullView> &views = hull.views();
    const Neighbours neighbours = neighboursOf(mesh);
    const std::vector<bool> tyres = onTyres(mesh, fairness.tyres, fairness.anchored / 8);
    const std::vector<double> anchors = anchorsOf(mesh, hull, fairness.anchored, tyres);
    double left = 0;
    for (int round = 0; round <= fairness.rounds; ++round) {
        std::vector<Pull> pulls;
        double squares = 0;
        int count = 0;
        for (const HullView &view : views) addPulls(mesh, view, pulls, squares, count, cancel);
        addFaces(mesh, fairness.wheels, pulls);
        pulls.erase(std::remove_if(pulls.begin(), pulls.end(), [&](const Pull &pull) { return tyres[pull.vertex]; }),
                    pulls.end());
        left = std::sqrt(squares / std::max(1, count));
        if (round == fairness.rounds) break;
        Field x(mesh.vertices.size());
        for (size_t i = 0; i < x.size(); ++i) x[i] = mesh.vertices[i];
        const double share = fairness.rounds > 1 ? double(round) / (fairness.rounds - 1) : 1;
        const double stiffness = fairness.stiffness * std::pow(fairness.startsStiffer, 1 - share);
        const Plate plate(neighbours, pulls, anchors, stiffness);
        solve(plate, x, plate.target(x), fairness.steps, cancel);
        for (size_t i = 0; i < x.size(); ++i) mesh.vertices[i] = {float(x[i][0]), float(x[i][1]), float(x[i][2])};
    }
    mesh.normals = vertexNormals(mesh);
    return left;
}
