#include "Model.hpp"

#include <cmath>

#include "Bake.hpp"
#include "Labels.hpp"
#include "Materials.hpp"

namespace {

void require(bool isTrue, const char *what) {
    if (!isTrue) throw cvs::Error{CVSStatusBadArgument, what};
}

std::vector<cvs::PhotoView> checked(const CVSPhoto *photos, size_t count) {
    std::vector<cvs::PhotoView> views;
    for (size_t i = 0; i < count; ++i) {
        const CVSPhoto &photo = photos[i];
        auto fits = [&](const CVSImage *image, int channels) {
            return !image || (image->mat.channels() == channels && image->mat.cols == photo.camera.width &&
                              image->mat.rows == photo.camera.height);
        };
        require(photo.camera.focal > 0, "a camera's focal length is not above 0");
        require(photo.camera.width >= 4 && photo.camera.height >= 4, "a photo is at least 4 pixels long");
        require(photo.silhouette->width == photo.camera.width && photo.silhouette->height == photo.camera.height,
                "a camera and its silhouette differ in size");
        require(fits(photo.photo, 3) && fits(photo.alpha, 1),
                "a photo or its alpha differs from its camera in size, or has other channels");
        for (const CVSImage *mask : {photo.glass, photo.wheels})
            require(!mask || mask->mat.channels() == 1, "a mask has other channels than one");
        views.push_back({photo.camera, photo.silhouette, photo.photo->mat, photo.alpha ? photo.alpha->mat : cv::Mat()});
    }
    return views;
}

std::vector<cvs::PartMasks> masksOf(const CVSPhoto *photos, size_t count) {
    std::vector<cvs::PartMasks> masks(count);
    for (size_t i = 0; i < count; ++i) {
        if (photos[i].glass) masks[i].glass = photos[i].glass->mat;
        if (photos[i].wheels) masks[i].wheels = photos[i].wheels->mat;
    }
    return masks;
}

void sort(const CVSMesh &mesh, const cvs::Atlas &atlas, const std::vector<cvs::Look> &looks,
          const std::vector<int> &labels, const std::vector<int> &materials, CVSModel &model) {
    for (size_t t = 0; t < mesh.triangles.size(); ++t) {
        const cv::Vec3d a = mesh.vertices[mesh.triangles[t][0]], b = mesh.vertices[mesh.triangles[t][1]],
                        c = mesh.vertices[mesh.triangles[t][2]];
        const double area = cv::norm((b - a).cross(c - a)) / 2;
        double &shown = labels[t] < 0                         ? model.coverage.unseen
                        : looks[size_t(labels[t])].isMirrored ? model.coverage.mirrored
                                                              : model.coverage.seen;
        shown += area;
        model.triangles[size_t(materials[t])].push_back(atlas.triangles[t]);
    }
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_model_create(const CVSMesh *mesh, const CVSPhoto *photos, size_t count,
                                                 CVSModelOptions options, CVSCancel cancel, CVSModel **out,
                                                 CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        require(!mesh->triangles.empty() && mesh->normals.size() == mesh->vertices.size(), "the mesh is empty");
        require(count > 0, "a texture is made from one photo or more");
        require(options.texture_side >= 64 && options.texture_side <= 8192 && options.finest > 0,
                "a texture's sides are 64 to 8192 pixels, and its finest pixels are above 0 a metre");
        require(options.wheel_count <= sizeof options.wheels / sizeof options.wheels[0], "a car has 4 wheels at most");
        std::vector<cvs::WheelPlace> wheels;
        for (size_t i = 0; i < options.wheel_count; ++i) {
            const CVSWheel &wheel = options.wheels[i];
            wheels.push_back({{wheel.axle[0], wheel.axle[1], wheel.axle[2]}, wheel.radius});
        }
        std::vector<cvs::Look> looks = cvs::looksAt(*mesh, checked(photos, count), options.symmetric, cancel);
        cvs::harmonise(*mesh, looks);
        const std::vector<int> labels = cvs::chosenLooks(*mesh, looks, cancel);
        const std::vector<int> materials = cvs::materialsOf(*mesh, looks, masksOf(photos, count), wheels, cancel);
        const cvs::Blend blend = cvs::blended(*mesh, looks, labels, cancel);
        const cvs::Atlas atlas = cvs::unfolded(*mesh, options.texture_side, options.finest, cancel);
        CVSModel model;
        model.texture = cvs::baked(*mesh, atlas, looks, blend, cancel);
        for (const cvs::Atlas::Corner &corner : atlas.corners) {
            model.vertices.push_back(mesh->vertices[corner.vertex]);
            model.normals.push_back(mesh->normals[corner.vertex]);
            model.places.push_back((corner.place + cv::Vec2f(0.5f, 0.5f)) / float(atlas.size));
            model.origins.push_back(corner.vertex);
        }
        sort(*mesh, atlas, looks, labels, materials, model);
        looks.resize(count);
        model.looks = std::move(looks);
        *out = new CVSModel(std::move(model));
    });
}

extern "C" CVS_EXPORT void cvs_model_destroy(CVSModel *model) noexcept { delete model; }
extern "C" CVS_EXPORT size_t cvs_model_vertex_count(const CVSModel *model) noexcept { return model->vertices.size(); }
extern "C" CVS_EXPORT const float *cvs_model_vertices(const CVSModel *model) noexcept {
    return model->vertices.data()->val;
}
extern "C" CVS_EXPORT const float *cvs_model_normals(const CVSModel *model) noexcept {
    return model->normals.data()->val;
}
extern "C" CVS_EXPORT const float *cvs_model_places(const CVSModel *model) noexcept {
    return model->places.data()->val;
}
extern "C" CVS_EXPORT const uint32_t *cvs_model_origins(const CVSModel *model) noexcept {
    return model->origins.data();
}
extern "C" CVS_EXPORT size_t cvs_model_triangle_count(const CVSModel *model, CVSMaterial material) noexcept {
    return model->triangles[size_t(material)].size();
}
extern "C" CVS_EXPORT const uint32_t *cvs_model_triangles(const CVSModel *model, CVSMaterial material) noexcept {
    const auto &triangles = model->triangles[size_t(material)];
    return triangles.empty() ? nullptr : triangles.data()->data();
}
extern "C" CVS_EXPORT CVSCoverage cvs_model_coverage(const CVSModel *model) noexcept { return model->coverage; }

extern "C" CVS_EXPORT CVSStatus cvs_model_texture(const CVSModel *model, CVSImage **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] { *out = new CVSImage{model->texture}; });
}
