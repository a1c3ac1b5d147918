#include <openvino/c/openvino.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../Guard.hpp"
#include "CVSInfer.h"

namespace {

/// Frees an OpenVINO object by its own function.
template <typename T, void (*release)(T *)>
struct Releaser {
    void operator()(T *object) const { release(object); }
};
template <typename T, void (*release)(T *)>
using Owned = std::unique_ptr<T, Releaser<T, release>>;

using Core = Owned<ov_core_t, ov_core_free>;
using Model = Owned<ov_model_t, ov_model_free>;
using Compiled = Owned<ov_compiled_model_t, ov_compiled_model_free>;
using Request = Owned<ov_infer_request_t, ov_infer_request_free>;
using Tensor = Owned<ov_tensor_t, ov_tensor_free>;
using Port = Owned<ov_output_const_port_t, ov_output_const_port_free>;

constexpr int shortest = 16, longest = 2048;
/// The sides of the picture that puts weights in order: as small as networks with five halvings take.
constexpr int smallest = 64;

void check(ov_status_e status, const char *doing) {
    if (status == OK) return;
    const char *last = ov_get_last_err_msg();
    std::string message = std::string(doing) + ": " + ov_get_error_info(status);
    if (last && *last) message += std::string("; ") + last;
    if (last) ov_free(last);
    throw cvs::Error{CVSStatusInternal, message};
}

/// 1 x planes x height x width; freed with its scope.
struct Shape {
    ov_shape_t shape{};
    Shape(int64_t planes, int64_t height, int64_t width) {
        const int64_t dims[4] = {1, planes, height, width};
        check(ov_shape_create(4, dims, &shape), "shape");
    }
    ~Shape() { ov_shape_free(&shape); }
    Shape(const Shape &) = delete;
    Shape &operator=(const Shape &) = delete;
};

/// What the network takes: planes, and the only height and width; 0 where its file leaves them open.
struct Taken {
    int64_t planes = 0, height = 0, width = 0;
};

Taken takenBy(const Port &port) {
    ov_partial_shape_t shape{};
    check(ov_port_get_partial_shape(port.get(), &shape), "input");
    Taken found;
    if (shape.rank.max == 4) {
        const auto only = [&](int i) { return shape.dims[i].min == shape.dims[i].max ? shape.dims[i].max : 0; };
        found = {only(1), only(2), only(3)};
    }
    ov_partial_shape_free(&shape);
    if (found.planes < 1 || found.planes > 64)
        throw cvs::Error{CVSStatusCorrupt, "the network takes no planes of one picture"};
    return found;
}

/// Height and width become free, so that one compiled network, with its weights in memory once, serves every size. A
/// height stays where the file fixes it and leaves the width open, as for lines of text.
int32_t freeSizes(ov_model_t *model, const Taken &taken) {
    const int64_t only = taken.width ? 0 : taken.height;
    const ov_dimension_t side{shortest, longest}, height = only ? ov_dimension_t{only, only} : side;
    const ov_dimension_t dims[4] = {{1, 1}, {taken.planes, taken.planes}, height, side};
    ov_partial_shape_t shape{};
    check(ov_partial_shape_create(4, dims, &shape), "partial shape");
    const ov_status_e status = ov_model_reshape_single_input(model, shape);
    ov_partial_shape_free(&shape);
    check(status, "reshape");
    return int32_t(only);
}

bool allowed(int32_t width, int32_t height) {
    return std::min(width, height) >= shortest && std::max(width, height) <= longest;
}

void requireFile(const char *path) {
    struct stat status {};
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        throw cvs::Error{CVSStatusNotFound, std::string("no file at ") + path};
}

/// Waits for the end of a run; a raised flag ends it between two layers.
void finish(ov_infer_request_t *request, CVSCancel cancel) {
    ov_status_e status;
    while ((status = ov_infer_request_wait_for(request, 50)) == RESULT_NOT_READY) {
        if (!cancel || !__atomic_load_n(cancel, __ATOMIC_RELAXED)) continue;
        ov_infer_request_cancel(request);
        ov_infer_request_wait(request);
        break;
    }
    cvs::stopIfCancelled(cancel);
    check(status, "run");
}

/// Gives back the pages of files in `folder` that are mapped for reading: weights as they were stored, of which each
/// layer has made its own copy in the order that it wants. They are read again should a layer need them.
void releaseMapped(const std::string &folder) {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        unsigned long first = 0, last = 0;
        char rights[5] = {};
        if (line.find(folder) == std::string::npos ||
            std::sscanf(line.c_str(), "%lx-%lx %4s", &first, &last, rights) != 3)
            continue;
        if (std::strcmp(rights, "r--p") == 0 || std::strcmp(rights, "r--s") == 0)
            ::madvise(reinterpret_cast<void *>(first), last - first, MADV_DONTNEED);
    }
}

}  // namespace

/// Members are destroyed in reverse order: the request before the network before the core.
struct CVSSession {
    Core core;
    Compiled compiled;
    Request request;
    std::mutex running;
    /// Where compiled networks are kept, empty for nowhere; and the sizes that have run, whose weights are in order.
    std::string cache;
    std::set<std::pair<int32_t, int32_t>> sizes;
    int64_t planes = 0;
    /// The only size that it takes; 0 for any.
    int32_t width = 0, height = 0;
    /// The only height of a network of free widths; 0 for any.
    int32_t onlyHeight = 0;
};

namespace {

/// Runs the network; its outputs live until the next run.
void infer(CVSSession &session, const float *input, int32_t width, int32_t height, CVSCancel cancel) {
    const Shape shape(session.planes, height, width);
    ov_tensor_t *tensor = nullptr;
    check(ov_tensor_create_from_host_ptr(F32, shape.shape, const_cast<float *>(input), &tensor), "input");
    const Tensor given(tensor);
    ov_infer_request_t *request = session.request.get();
    check(ov_infer_request_set_input_tensor(request, given.get()), "input");
    check(ov_infer_request_start_async(request), "start");
    finish(request, cancel);
    if (session.sizes.emplace(width, height).second && !session.cache.empty()) releaseMapped(session.cache);
}

Tensor outputOf(CVSSession &session, size_t index) {
    ov_tensor_t *result = nullptr;
    check(ov_infer_request_get_output_tensor_by_index(session.request.get(), index, &result), "output");
    return Tensor(result);
}

/// Copies one output to `to`, which has room for `room` values; how many those are.
size_t take(CVSSession &session, size_t index, float *to, size_t room) {
    const Tensor taken = outputOf(session, index);
    size_t count = 0;
    check(ov_tensor_get_size(taken.get(), &count), "output");
    if (count > room) throw cvs::Error{CVSStatusInternal, "the network's outputs have another size than was asked for"};
    void *data = nullptr;
    check(ov_tensor_data(taken.get(), &data), "output");
    std::memcpy(to, data, count * sizeof(float));
    return count;
}

/// Puts a network of free sizes' weights in order with a picture that costs next to nothing, so that the stored ones
/// are given back before a large picture wants memory.
void order(CVSSession &session) {
    const int32_t height = session.onlyHeight ? session.onlyHeight : smallest;
    const std::vector<float> nothing(size_t(session.planes) * size_t(smallest) * size_t(height));
    infer(session, nothing.data(), smallest, height, nullptr);
}

/// Checks what is given and runs the network, whose outputs live until the next run; the session is locked.
void run(CVSSession &session, const float *input, int32_t planes, int32_t width, int32_t height, CVSCancel cancel) {
    if (!allowed(width, height)) throw cvs::Error{CVSStatusBadArgument, "a side must be from 16 to 2048"};
    if (session.width && (width != session.width || height != session.height))
        throw cvs::Error{CVSStatusBadArgument, "the network takes another size"};
    if (planes != session.planes) throw cvs::Error{CVSStatusBadArgument, "the network takes another number of planes"};
    cvs::stopIfCancelled(cancel);
    if (session.sizes.empty() && !session.cache.empty() && !session.width) order(session);
    infer(session, input, width, height, cancel);
}

/// One network's way from its file into a session.
struct Compiling {
    ov_core_t *core;
    const char *path;
    CVSPrecision precision;
    std::string threads;

    void ofFreeSizes(CVSSession &session) const {
        ov_model_t *read = nullptr;
        if (ov_core_read_model(core, path, nullptr, &read) != OK) unreadable();
        const Model model(read);
        ov_output_const_port_t *port = nullptr;
        check(ov_model_const_input(model.get(), &port), "input");
        const Taken taken = takenBy(Port(port));
        session.planes = taken.planes;
        session.onlyHeight = freeSizes(model.get(), taken);
        ov_compiled_model_t *compiled = nullptr;
        check(ov_core_compile_model(core, model.get(), "CPU", 8, &compiled, "INFERENCE_PRECISION_HINT", hint(),
                                    "INFERENCE_NUM_THREADS", threads.c_str(), "NUM_STREAMS", "1", "ENABLE_CPU_PINNING",
                                    "NO"),
              "compile");
        session.compiled.reset(compiled);
    }

    /// At the sizes that the file states: a network that was compiled before is then not read at all.
    void asItIs(CVSSession &session) const {
        ov_compiled_model_t *compiled = nullptr;
        if (ov_core_compile_model_from_file(core, path, "CPU", 8, &compiled, "INFERENCE_PRECISION_HINT", hint(),
                                            "INFERENCE_NUM_THREADS", threads.c_str(), "NUM_STREAMS", "1",
                                            "ENABLE_CPU_PINNING", "NO") != OK)
            unreadable();
        session.compiled.reset(compiled);
        ov_output_const_port_t *port = nullptr;
        check(ov_compiled_model_input(compiled, &port), "input");
        const Taken taken = takenBy(Port(port));
        if (taken.width != session.width || taken.height != session.height)
            throw cvs::Error{CVSStatusCorrupt, "the network takes no planes of its size"};
        session.planes = taken.planes;
    }

    const char *hint() const { return precision == CVSPrecisionBF16 ? "bf16" : "f32"; }

    [[noreturn]] void unreadable() const {
        throw cvs::Error{CVSStatusCorrupt, std::string("no network can be read from ") + path};
    }
};

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_session_create(const char *model_path, const char *cache_folder,
                                                   CVSPrecision precision, int32_t threads, int32_t width,
                                                   int32_t height, CVSSession **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (threads < 1 || threads > 256) throw cvs::Error{CVSStatusBadArgument, "threads must be from 1 to 256"};
        if ((width == 0) != (height == 0) || (width && !allowed(width, height)))
            throw cvs::Error{CVSStatusBadArgument, "a side must be from 16 to 2048"};
        requireFile(model_path);
        auto session = std::make_unique<CVSSession>();
        ov_core_t *core = nullptr;
        check(ov_core_create(&core), "core");
        session->core.reset(core);
        if (cache_folder) {
            check(ov_core_set_property(core, "CPU", "CACHE_DIR", cache_folder), "cache");
            session->cache = cache_folder;
        }

        session->width = width;
        session->height = height;
        const Compiling how{core, model_path, precision, std::to_string(threads)};
        if (width)
            how.asItIs(*session);
        else
            how.ofFreeSizes(*session);
        ov_infer_request_t *request = nullptr;
        check(ov_compiled_model_create_infer_request(session->compiled.get(), &request), "request");
        session->request.reset(request);
        *out = session.release();
    });
}

extern "C" CVS_EXPORT void cvs_session_destroy(CVSSession *session) noexcept { delete session; }

extern "C" CVS_EXPORT CVSStatus cvs_session_run(CVSSession *session, const float *input, int32_t planes, int32_t width,
                                                int32_t height, int32_t outputs, float *output, int64_t wanted,
                                                CVSCancel cancel, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (wanted < 1 || outputs < 1) throw cvs::Error{CVSStatusBadArgument, "nothing is wanted"};
        const std::lock_guard<std::mutex> lock(session->running);
        run(*session, input, planes, width, height, cancel);
        size_t filled = 0;
        for (int32_t i = 0; i < outputs; ++i)
            filled += take(*session, size_t(i), output + filled, size_t(wanted) - filled);
        if (filled != size_t(wanted))
            throw cvs::Error{CVSStatusInternal, "the network's outputs have another size than was asked for"};
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_session_run_any(CVSSession *session, const float *input, int32_t planes,
                                                    int32_t width, int32_t height, float *output, int64_t capacity,
                                                    int64_t *shape, int32_t *rank, CVSCancel cancel,
                                                    CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        const std::lock_guard<std::mutex> lock(session->running);
        run(*session, input, planes, width, height, cancel);
        const Tensor taken = outputOf(*session, 0);
        ov_shape_t sides{};
        check(ov_tensor_get_shape(taken.get(), &sides), "output");
        const int64_t known = sides.rank;
        for (int64_t i = 0; i < std::min<int64_t>(known, 4); ++i) shape[i] = sides.dims[i];
        ov_shape_free(&sides);
        size_t count = 0;
        check(ov_tensor_get_size(taken.get(), &count), "output");
        ov_element_type_e type = DYNAMIC;
        check(ov_tensor_get_element_type(taken.get(), &type), "output");
        if (known > 4 || int64_t(count) > capacity || type != F32)
            throw cvs::Error{CVSStatusCorrupt, "the network's first output has no shape that is known"};
        *rank = int32_t(known);
        void *data = nullptr;
        check(ov_tensor_data(taken.get(), &data), "output");
        std::memcpy(output, data, count * sizeof(float));
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_network_size(const char *model_path, int32_t *width, int32_t *height,
                                                 CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        requireFile(model_path);
        ov_core_t *made = nullptr;
        check(ov_core_create(&made), "core");
        const Core core(made);
        ov_model_t *read = nullptr;
        if (ov_core_read_model(made, model_path, nullptr, &read) != OK)
            throw cvs::Error{CVSStatusCorrupt, std::string("no network can be read from ") + model_path};
        const Model model(read);
        ov_output_const_port_t *port = nullptr;
        if (ov_model_const_input(model.get(), &port) != OK)
            throw cvs::Error{CVSStatusCorrupt, "the network has no single input"};
        const Taken taken = takenBy(Port(port));
        const bool isOne = taken.width > 0 && taken.height > 0;
        if (isOne &&
            !(std::min(taken.width, taken.height) >= shortest && std::max(taken.width, taken.height) <= longest))
            throw cvs::Error{CVSStatusCorrupt, "the network's picture has sides outside of 16 to 2048"};
        *width = isOne ? int32_t(taken.width) : 0;
        *height = isOne ? int32_t(taken.height) : 0;
    });
}
