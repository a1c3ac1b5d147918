#include "Mesh.hpp"

#include <cmath>

#include "Camera.hpp"
#include "Raster.hpp"
#include "Simplify.hpp"

extern "C" CVS_EXPORT CVSStatus cvs_mesh_create(const float *vertices, size_t vertex_count, const uint32_t *triangles,
                                                size_t triangle_count, CVSMesh **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        CVSMesh mesh;
        for (size_t i = 0; i < vertex_count; ++i) {
            mesh.vertices.emplace_back(vertices[3 * i], vertices[3 * i + 1], vertices[3 * i + 2]);
            for (int k = 0; k < 3; ++k)
                if (!std::isfinite(mesh.vertices.back()[k]))
                    throw cvs::Error{CVSStatusBadArgument, "a vertex is not finite"};
        }
        for (size_t i = 0; i < triangle_count; ++i) {
            mesh.triangles.push_back({triangles[3 * i], triangles[3 * i + 1], triangles[3 * i + 2]});
            for (const uint32_t vertex : mesh.triangles.back())
                if (vertex >= vertex_count) throw cvs::Error{CVSStatusBadArgument, "a triangle has no such vertex"};
        }
        mesh.normals = cvs::vertexNormals(mesh);
        *out = new CVSMesh(std::move(mesh));
    });
}

extern "C" CVS_EXPORT void cvs_mesh_destroy(CVSMesh *mesh) noexcept { delete mesh; }
extern "C" CVS_EXPORT size_t cvs_mesh_vertex_count(const CVSMesh *mesh) noexcept { return mesh->vertices.size(); }
extern "C" CVS_EXPORT size_t cvs_mesh_triangle_count(const CVSMesh *mesh) noexcept { return mesh->triangles.size(); }
extern "C" CVS_EXPORT const float *cvs_mesh_vertices(const CVSMesh *mesh) noexcept {
    return mesh->vertices.empty() ? nullptr : mesh->vertices.data()->val;
}
extern "C" CVS_EXPORT const float *cvs_mesh_normals(const CVSMesh *mesh) noexcept {
    return mesh->normals.empty() ? nullptr : mesh->normals.data()->val;
}
extern "C" CVS_EXPORT const uint32_t *cvs_mesh_triangles(const CVSMesh *mesh) noexcept {
    return mesh->triangles.empty() ? nullptr : mesh->triangles.data()->data();
}

extern "C" CVS_EXPORT CVSStatus cvs_mesh_check(const CVSMesh *mesh, CVSMeshCheck *check, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        check->open_vertices = cvs::verticesOfOpenSides(mesh->triangles).size();
        check->pinched_vertices = cvs::pinchedVertices(*mesh);
        check->volume = 0;
        for (const cvs::Triangle &triangle : mesh->triangles) {
            const cv::Vec3d a = mesh->vertices[triangle[0]], b = mesh->vertices[triangle[1]];
            check->volume += a.dot(b.cross(cv::Vec3d(mesh->vertices[triangle[2]]))) / 6;
        }
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_mesh_simplify(const CVSMesh *mesh, size_t triangles, CVSCancel cancel,
                                                  CVSMesh **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] { *out = new CVSMesh(cvs::simplified(*mesh, triangles, cancel)); });
}

extern "C" CVS_EXPORT CVSStatus cvs_mesh_mask(const CVSMesh *mesh, const CVSCamera *camera, CVSCancel cancel,
                                              CVSImage **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (camera->width < 1 || camera->height < 1 || camera->width > 32768 || camera->height > 32768)
            throw cvs::Error{CVSStatusBadArgument, "the camera's picture has no sides or too long ones"};
        const cv::Mat covered = cvs::rastered(*mesh, *camera, cancel).triangle >= 0;
        *out = new CVSImage{covered};
    });
}
