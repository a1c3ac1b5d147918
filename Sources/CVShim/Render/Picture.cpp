#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "../Mesh/Raster.hpp"
#include "Model.hpp"

namespace {

cv::Vec3d between(const cv::Mat &texture, double x, double y) {
    x = std::clamp(x, 0.0, texture.cols - 1.001);
    y = std::clamp(y, 0.0, texture.rows - 1.001);
    const int column = int(x), row = int(y);
    const double a = x - column, b = y - row;
    const auto at = [&](int i, int j) { return cv::Vec3d(texture.at<cv::Vec3b>(row + j, column + i)); };
    return (at(0, 0) * (1 - a) + at(1, 0) * a) * (1 - b) + (at(0, 1) * (1 - a) + at(1, 1) * a) * b;
}

/// One triangle as a camera sees it: where a pixel lies in the texture.
struct Facet {
    cv::Vec2d corners[3];
    cv::Vec2d places[3];
    double inverse[3];

    cv::Vec2d place(double x, double y) const {
        const cv::Vec2d b = corners[1] - corners[0], c = corners[2] - corners[0], p = cv::Vec2d(x, y) - corners[0];
        const double area = b[0] * c[1] - b[1] * c[0];
        const double v = (p[0] * c[1] - p[1] * c[0]) / area * inverse[1];
        const double w = (b[0] * p[1] - b[1] * p[0]) / area * inverse[2];
        const double u = inverse[0] - v / inverse[1] * inverse[0] - w / inverse[2] * inverse[0];
        return (places[0] * u + places[1] * v + places[2] * w) / (u + v + w);
    }
};

Facet facetOf(const CVSModel &model, const CVSCamera &camera, const cvs::Triangle &triangle) {
    Facet facet;
    for (size_t k = 0; k < 3; ++k) {
        const cvs::Seen seen = cvs::see(camera, model.vertices[triangle[k]]);
        facet.corners[k] = {seen.x, seen.y};
        facet.inverse[k] = 1 / seen.depth;
        const cv::Vec2f &place = model.places[triangle[k]];
        facet.places[k] = {place[0] * model.texture.cols - 0.5, place[1] * model.texture.rows - 0.5};
    }
    return facet;
}

/// One ray a pixel: the colour, and 255 where there is something.
cv::Mat sampled(const CVSModel &model, const CVSMesh &mesh, const CVSCamera &camera, CVSCancel cancel) {
    const cvs::Raster raster = cvs::rastered(mesh, camera, cancel);
    cv::Mat picture(camera.height, camera.width, CV_32FC4, cv::Scalar::all(0));
    for (int y = 0; y < picture.rows; ++y) {
        if (y % 64 == 0) cvs::stopIfCancelled(cancel);
        int known = -1;
        Facet facet{};
        for (int x = 0; x < picture.cols; ++x) {
            const int triangle = raster.triangle.at<int>(y, x);
            if (triangle < 0) continue;
            if (triangle != known) facet = facetOf(model, camera, mesh.triangles[size_t(triangle)]);
            known = triangle;
            const cv::Vec2d place = facet.place(x, y);
            const cv::Vec3d colour = between(model.texture, place[0], place[1]);
            picture.at<cv::Vec4f>(y, x) = {float(colour[0]), float(colour[1]), float(colour[2]), 255};
        }
    }
    return picture;
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_model_render(const CVSModel *model, const CVSCamera *camera, int32_t samples,
                                                 CVSCancel cancel, CVSImage **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (samples < 1 || samples > 4) throw cvs::Error{CVSStatusBadArgument, "1 to 4 samples along a pixel"};
        if (camera->width < 1 || camera->height < 1 || camera->width > 8192 || camera->height > 8192)
            throw cvs::Error{CVSStatusBadArgument, "the camera's picture has no sides or too long ones"};
        CVSMesh mesh{model->vertices, model->normals, {}};
        for (const auto &triangles : model->triangles)
            mesh.triangles.insert(mesh.triangles.end(), triangles.begin(), triangles.end());
        const CVSCamera fine = cvs::scaled(*camera, camera->width * samples, camera->height * samples);
        cv::Mat picture = sampled(*model, mesh, fine, cancel);
        // The colours are 0 where nothing is, so that their mean is already weighted by the alpha.
        if (samples > 1) cv::resize(picture, picture, cv::Size(camera->width, camera->height), 0, 0, cv::INTER_AREA);
        cv::Mat bytes(picture.size(), CV_8UC4);
        for (int y = 0; y < picture.rows; ++y)
            for (int x = 0; x < picture.cols; ++x) {
                const cv::Vec4f &from = picture.at<cv::Vec4f>(y, x);
                const float share = from[3] > 0 ? 255 / from[3] : 0;
                cv::Vec4b &to = bytes.at<cv::Vec4b>(y, x);
                for (int c = 0; c < 3; ++c) to[c] = cv::saturate_cast<uint8_t>(from[c] * share);
                to[3] = cv::saturate_cast<uint8_t>(from[3]);
            }
        *out = new CVSImage{bytes};
    });
}
