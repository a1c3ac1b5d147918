#include "Raster.hpp"

cvs::Raster cvs::rastered(const CVSMesh &mesh, const CVSCamera &camera, CVSCancel cancel) {
    Raster raster{cv::Mat(camera.height, camera.width, CV_32F, cv::Scalar(std::numeric_limits<float>::infinity())),
                  cv::Mat(camera.height, camera.width, CV_32S, cv::Scalar(-1))};
    std::vector<Seen> seen;
    seen.reserve(mesh.vertices.size());
    for (const cv::Vec3f &vertex : mesh.vertices)
        seen.push_back(see(camera, {double(vertex[0]), double(vertex[1]), double(vertex[2])}));
    for (size_t i = 0; i < mesh.triangles.size(); ++i) {
        if (i % 4096 == 0) stopIfCancelled(cancel);
        const Seen *corner[3];
        cv::Vec2d places[3];
        double inverse[3];
        bool isBehind = false;
        for (size_t k = 0; k < 3; ++k) {
            corner[k] = &seen[mesh.triangles[i][k]];
            isBehind = isBehind || corner[k]->depth <= 1e-6;
            places[k] = {corner[k]->x, corner[k]->y};
            inverse[k] = 1 / corner[k]->depth;
        }
        if (isBehind) continue;
        fillTriangle(places, camera.width, camera.height, [&](int x, int y, const cv::Vec3d &weights) {
            const float depth =
                float(1 / (weights[0] * inverse[0] + weights[1] * inverse[1] + weights[2] * inverse[2]));
            float &nearest = raster.depth.at<float>(y, x);
            if (depth < nearest) {
                nearest = depth;
                raster.triangle.at<int>(y, x) = int(i);
            }
        });
    }
    return raster;
}
