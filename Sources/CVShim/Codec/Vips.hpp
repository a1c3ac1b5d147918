#pragma once
#include <vips/vips.h>

#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>

#include "../Guard.hpp"

namespace cvs::codec {

/// Starts libvips once: one thread, no operation cache, only the loaders of the allow-list, messages kept off stderr.
void startVips();

/// What libvips said on this thread since the last call.
std::string takeWarnings();

/// One owned reference.
class Picture {
public:
    Picture() = default;
    explicit Picture(VipsImage *image) : image(image) {}
    Picture(Picture &&other) noexcept : image(std::exchange(other.image, nullptr)) {}
    Picture &operator=(Picture &&other) noexcept {
        std::swap(image, other.image);
        return *this;
    }
    ~Picture() {
        if (image) g_object_unref(image);
    }

    VipsImage *get() const { return image; }
    /// For an operation's output argument.
    VipsImage **out() { return &image; }

private:
    VipsImage *image = nullptr;
};

/// A libvips operation failed; what it said lies in the process-wide error buffer.
struct VipsFailure {};

inline void must(int result) {
    if (result != 0) throw VipsFailure{};
}

/// Runs `body(alone)` beside others first. When something went wrong it runs again with nobody beside it, since
/// libvips keeps the texts of all threads in one buffer and only then are they sure to be this call's own.
template <typename Body>
auto withOwnErrors(Body &&body) {
    static std::shared_mutex gate;
    startVips();
    {
        std::shared_lock lock(gate);
        try {
            return body(false);
        } catch (const VipsFailure &) {
        }
    }
    std::unique_lock lock(gate);
    takeWarnings();
    vips_error_clear();
    struct Clear {
        ~Clear() { vips_error_clear(); }
    } clear;
    return body(true);
}

}  // namespace cvs::codec
