#include <algorithm>
#include <cmath>
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

/// One triangle as a camera sees it.
struct Facet {
    cv::Vec2d corners[3];
    double inverse[3];

    /// The weights of the corners at the point of the surface that a pixel shows.
    cv::Vec3d weights(double x, double y) const {
        const cv::Vec2d b = corners[1] - corners[0], c = corners[2] - corners[0], p = cv::Vec2d(x, y) - corners[0];
        const double area = b[0] * c[1] - b[1] * c[0];
        const double v = (p[0] * c[1] - p[1] * c[0]) / area, w = (b[0] * p[1] - b[1] * p[0]) / area;
        const cv::Vec3d bent((1 - v - w) * inverse[0], v * inverse[1], w * inverse[2]);
        return bent / (bent[0] + bent[1] + bent[2]);
    }
};

class Renderer {
public:
    Renderer(const CVSModel &model, const CVSCamera &camera, bool fromPhotos)
        : model(model), camera(camera), centre(cvs::centreOf(camera)), fromPhotos(fromPhotos) {
        mesh.vertices = model.vertices;
        for (const auto &triangles : model.triangles)
            mesh.triangles.insert(mesh.triangles.end(), triangles.begin(), triangles.end());
    }

    /// One ray a pixel: the colour, and 255 where there is something.
    cv::Mat sampled(CVSCancel cancel) {
        const cvs::Raster raster = cvs::rastered(mesh, camera, cancel);
        cv::Mat picture(camera.height, camera.width, CV_32FC4, cv::Scalar::all(0));
        for (int y = 0; y < picture.rows; ++y) {
            if (y % 16 == 0) cvs::stopIfCancelled(cancel);
            int known = -1;
            for (int x = 0; x < picture.cols; ++x) {
                const int triangle = raster.triangle.at<int>(y, x);
                if (triangle < 0) continue;
                if (triangle != known) begin(mesh.triangles[size_t(triangle)]);
                known = triangle;
                const cv::Vec3d colour = this->colour(facet.weights(x, y));
                picture.at<cv::Vec4f>(y, x) = {float(colour[0]), float(colour[1]), float(colour[2]), 255};
            }
        }
        return picture;
    }

private:
    const CVSModel &model;
    const CVSCamera &camera;
    cv::Vec3d centre;
    bool fromPhotos;
    CVSMesh mesh;
    cvs::Triangle triangle{};
    Facet facet{};

    void begin(const cvs::Triangle &next) {
        triangle = next;
        for (size_t k = 0; k < 3; ++k) {
            const cvs::Seen seen = cvs::see(camera, model.vertices[triangle[k]]);
            facet.corners[k] = {seen.x, seen.y};
            facet.inverse[k] = 1 / seen.depth;
        }
    }

    template <typename Vector>
    cv::Vec3d mixed(const std::vector<Vector> &values, const cv::Vec3d &weights) const {
        cv::Vec3d sum(0, 0, 0);
        for (int k = 0; k < 3; ++k) sum += weights[k] * cv::Vec3d(values[triangle[size_t(k)]]);
        return sum;
    }

    cv::Vec3d colour(const cv::Vec3d &weights) const {
        cv::Vec2d place(0, 0);
        for (int k = 0; k < 3; ++k) place += weights[k] * cv::Vec2d(model.places[triangle[size_t(k)]]);
        const cv::Vec3d texture =
            between(model.texture, place[0] * model.texture.cols - 0.5, place[1] * model.texture.rows - 0.5);
        return fromPhotos ? photographed(mixed(model.vertices, weights), mixed(model.normals, weights), texture)
                          : texture;
    }

    /// The two photos whose lines of sight meet this camera's at the least angles, each weighing by the other's angle.
    cv::Vec3d photographed(const cv::Vec3d &point, cv::Vec3d normal, const cv::Vec3d &texture) const {
        constexpr double textureWeight = 0.15, onEdge = 6;
        normal /= std::max(1e-9, cv::norm(normal));
        struct Near {
            const cvs::Look *look = nullptr;
            double angle = 0, quality = 0;
            cv::Vec2d place;
        } best[2];
        const cv::Vec3d sight = (centre - point) / cv::norm(centre - point);
        for (const cvs::Look &look : model.looks) {
            Near near;
            near.look = &look;
            near.quality = look.quality(point, normal, near.place);
            if (near.quality <= 0) continue;
            const cv::Vec3d other = cvs::centreOf(look.camera) - point;
            near.angle = std::acos(std::clamp(sight.dot(other) / cv::norm(other), -1.0, 1.0)) + 1e-3;
            if (!best[0].look || near.angle < best[0].angle) {
                best[1] = best[0];
                best[0] = near;
            } else if (!best[1].look || near.angle < best[1].angle) {
                best[1] = near;
            }
        }
        cv::Vec3d sum = textureWeight * texture;
        double total = textureWeight;
        for (int i = 0; i < 2; ++i) {
            if (!best[i].look) continue;
            const double other = best[1 - i].look ? best[1 - i].angle : 1e9;
            const double share = other / (best[i].angle + other);
            const double weight = share * share * std::min(1.0, best[i].quality * onEdge);
            sum += weight * cv::Vec3d(best[i].look->colour(best[i].place)) / double(best[i].look->gain);
            total += weight;
        }
        return sum / total;
    }
};

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_model_render(const CVSModel *model, const CVSCamera *camera, int32_t samples,
                                                 bool from_photos, CVSCancel cancel, CVSImage **out,
                                                 CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (samples < 1 || samples > 4) throw cvs::Error{CVSStatusBadArgument, "1 to 4 samples along a pixel"};
        if (camera->width < 1 || camera->height < 1 || camera->width > 8192 || camera->height > 8192)
            throw cvs::Error{CVSStatusBadArgument, "the camera's picture has no sides or too long ones"};
        const CVSCamera fine = cvs::scaled(*camera, camera->width * samples, camera->height * samples);
        cv::Mat picture = Renderer(*model, fine, from_photos).sampled(cancel);
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
