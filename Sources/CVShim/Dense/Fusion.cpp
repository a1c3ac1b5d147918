#include "Fusion.hpp"

#include <cmath>

#include "../Guard.hpp"

namespace {

// What two views may differ in, to speak of the same place: share of the depth, pixels.
constexpr float depthShare = 0.01f, pixels = 1.5f;
constexpr float leastNormal = 0.5f;
// Costs up to which a depth is trusted: alone with one other view, and with more.
constexpr float strict = 0.35f, loose = 0.6f;
constexpr int leastIsland = 40;

struct Place {
    cv::Vec3f point, normal;
};

cv::Vec3f toWorld(const CVSCamera &camera, const cv::Vec3f &v) {
    const cv::Vec3d out = cvs::turnedBack(camera, cv::Vec3d(double(v[0]), double(v[1]), double(v[2])));
    return {float(out[0]), float(out[1]), float(out[2])};
}

/// Whether another view finds what one finds at a pixel; and where in the other.
bool finds(const cvs::DepthView &other, const CVSCamera &camera, const cvs::Change &change, const cvs::Change &back,
           const cv::Vec3f &point, const cv::Vec3f &normal, double x, double y, cv::Point &at) {
    const cv::Vec3f there = change.turn * point + change.shift;
    if (!(there[2] > 0)) return false;
    const CVSCamera &to = other.camera;
    const double px = to.principal[0] + to.focal * double(there[0] / there[2]);
    const double py = to.principal[1] + to.focal * double(there[1] / there[2]);
    if (!(px >= -0.5 && py >= -0.5 && px < to.width - 0.5 && py < to.height - 0.5)) return false;
    at = {int(std::lround(px)), int(std::lround(py))};
    const cv::Vec3f ray = cvs::rayOf(to, px, py);
    const cvs::Plane &plane = other.planes.at<cvs::Plane>(at);
    const float inverse = plane.dot(ray);
    if (!(inverse > 0) || std::abs(inverse * there[2] - 1) > depthShare) return false;
    const cv::Vec3f turned = change.turn * normal;
    if (turned.dot(plane) < leastNormal * std::sqrt(plane.dot(plane))) return false;
    const cv::Vec3f found = back.turn * (ray * (1 / inverse)) + back.shift;
    const double backX = camera.principal[0] + camera.focal * double(found[0] / found[2]) - x;
    const double backY = camera.principal[1] + camera.focal * double(found[1] / found[2]) - y;
    return backX * backX + backY * backY <= double(pixels * pixels);
}

/// A point of the camera's axes as one of the world, its normal towards the cameras.
CVSDensePoint pointOf(const CVSCamera &camera, const cv::Vec3f &place, const cv::Vec3f &normal, const cv::Vec3f &colour,
                      int views) {
    const cv::Vec3d centre = cvs::centreOf(camera);
    const cv::Vec3f there = toWorld(camera, place);
    const cv::Vec3f towards = toWorld(camera, normal * (-1 / std::sqrt(normal.dot(normal))));
    CVSDensePoint made;
    for (int i = 0; i < 3; ++i) {
        made.place[i] = float(centre[i]) + there[i];
        made.normal[i] = towards[i];
        made.colour[i] = cv::saturate_cast<uint8_t>(colour[i]);
    }
    made.views = uint8_t(std::min(views, 255));
    return made;
}

/// Takes away what hangs together over too few pixels.
void clearIslands(const cvs::DepthView &view, cv::Mat &confidence) {
    cv::Mat label(confidence.size(), CV_32S, cv::Scalar(0));
    std::vector<cv::Point> island;
    for (int y = 0; y < label.rows; ++y)
        for (int x = 0; x < label.cols; ++x) {
            if (label.at<int>(y, x) || confidence.at<float>(y, x) <= 0) continue;
            island.assign(1, {x, y});
            label.at<int>(y, x) = 1;
            for (size_t i = 0; i < island.size(); ++i) {
                const cv::Point p = island[i];
                const float own = view.planes.at<cvs::Plane>(p).dot(cvs::rayOf(view.camera, p.x, p.y));
                for (const cv::Point step : {cv::Point(1, 0), cv::Point(-1, 0), cv::Point(0, 1), cv::Point(0, -1)}) {
                    const cv::Point q = p + step;
                    if (q.x < 0 || q.y < 0 || q.x >= label.cols || q.y >= label.rows || label.at<int>(q) ||
                        confidence.at<float>(q) <= 0)
                        continue;
                    const float other = view.planes.at<cvs::Plane>(q).dot(cvs::rayOf(view.camera, q.x, q.y));
                    if (std::abs(other - own) > 0.02f * own) continue;
                    label.at<int>(q) = 1;
                    island.push_back(q);
                }
            }
            if (int(island.size()) < leastIsland)
                for (const cv::Point &p : island) confidence.at<float>(p) = 0;
        }
}

}  // namespace

void cvs::judge(std::vector<DepthView> &views, CVSCancel cancel) {
    for (DepthView &view : views) {
        view.confidence = cv::Mat(view.greys[0].size(), CV_32F, cv::Scalar(0));
        if (view.planes.size() != view.confidence.size()) continue;
        std::vector<const DepthView *> others;
        std::vector<Change> to, back;
        for (const int index : view.sources) {
            const DepthView &other = views[size_t(index)];
            if (other.planes.empty() || other.planes.size() != other.greys[0].size()) continue;
            others.push_back(&other);
            to.emplace_back(view.camera, other.camera);
            back.emplace_back(other.camera, view.camera);
        }
        const int wanted = others.size() > 1 ? 2 : 1;
        for (int y = 0; y < view.confidence.rows; ++y) {
            stopIfCancelled(cancel);
            for (int x = 0; x < view.confidence.cols; ++x) {
                const float cost = view.costs.at<float>(y, x);
                if (cost > loose) continue;
                const Plane &plane = view.planes.at<Plane>(y, x);
                const cv::Vec3f ray = rayOf(view.camera, x, y), point = ray * (1 / plane.dot(ray));
                const cv::Vec3f normal = plane * (1 / std::sqrt(plane.dot(plane)));
                int agreeing = 0;
                cv::Point at;
                for (size_t i = 0; i < others.size(); ++i)
                    agreeing += finds(*others[i], view.camera, to[i], back[i], point, normal, x, y, at);
                if (agreeing < 1 || (agreeing < wanted && cost > strict)) continue;
                view.confidence.at<float>(y, x) =
                    std::min(1.0f, (agreeing < wanted ? 0.3f : 0.5f + 0.15f * float(agreeing)) * (1 - cost / 2));
            }
        }
        clearIslands(view, view.confidence);
    }
}

std::vector<CVSDensePoint> cvs::fused(const std::vector<DepthView> &views, int least, CVSCancel cancel) {
    std::vector<CVSDensePoint> points;
    std::vector<cv::Mat> used;
    for (const DepthView &view : views) used.push_back(cv::Mat(view.confidence.size(), CV_8U, cv::Scalar(0)));
    for (size_t v = 0; v < views.size(); ++v) {
        const DepthView &view = views[v];
        std::vector<size_t> others;
        std::vector<Change> to, back;
        for (size_t i = 0; i < views.size(); ++i) {
            if (i == v || views[i].planes.empty() || views[i].planes.size() != views[i].confidence.size()) continue;
            others.push_back(i);
            to.emplace_back(view.camera, views[i].camera);
            back.emplace_back(views[i].camera, view.camera);
        }
        for (int y = 0; y < view.confidence.rows; ++y) {
            stopIfCancelled(cancel);
            for (int x = 0; x < view.confidence.cols; ++x) {
                if (view.confidence.at<float>(y, x) <= 0 || used[v].at<uint8_t>(y, x)) continue;
                const Plane &plane = view.planes.at<Plane>(y, x);
                const cv::Vec3f ray = rayOf(view.camera, x, y), point = ray * (1 / plane.dot(ray));
                const cv::Vec3f normal = plane * (1 / std::sqrt(plane.dot(plane)));
                cv::Vec3f place = point, direction = normal, colour = view.colour.at<cv::Vec3b>(y, x);
                int agreeing = 1;
                for (size_t i = 0; i < others.size(); ++i) {
                    const DepthView &other = views[others[i]];
                    cv::Point at;
                    if (!finds(other, view.camera, to[i], back[i], point, normal, x, y, at)) continue;
                    if (other.confidence.at<float>(at) <= 0) continue;
                    const Plane &theirs = other.planes.at<Plane>(at);
                    const cv::Vec3f theirRay = rayOf(other.camera, at.x, at.y);
                    place += back[i].turn * (theirRay * (1 / theirs.dot(theirRay))) + back[i].shift;
                    direction += back[i].turn * (theirs * (1 / std::sqrt(theirs.dot(theirs))));
                    colour += cv::Vec3f(other.colour.at<cv::Vec3b>(at));
                    used[others[i]].at<uint8_t>(at) = 1;
                    ++agreeing;
                }
                if (agreeing < least) continue;
                const float share = 1 / float(agreeing);
                points.push_back(pointOf(view.camera, place * share, direction, colour * share, agreeing));
            }
        }
    }
    return points;
}
