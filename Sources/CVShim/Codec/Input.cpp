#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "Reading.hpp"

namespace cvs::codec {
namespace {

struct File {
    int descriptor;
    explicit File(const char *path) : descriptor(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
    File(const File &) = delete;
    ~File() {
        if (descriptor >= 0) ::close(descriptor);
    }
};

}  // namespace

Input::Input(const CVSSource &source, int64_t limit) : bytes{source.bytes, source.count} {
    auto checkSize = [&](int64_t size) {
        if (size > limit)
            throw Error{CVSStatusOverBudget,
                        std::to_string(size) + " bytes are over the limit of " + std::to_string(limit)};
    };
    if (!source.path) {
        checkSize(int64_t(source.count));
        return;
    }
    const File file(source.path);
    struct stat facts;
    if (file.descriptor < 0 || ::fstat(file.descriptor, &facts) != 0)
        throw Error{CVSStatusNotFound, std::strerror(errno)};
    if (!S_ISREG(facts.st_mode)) throw Error{CVSStatusNotFound, "not a regular file"};
    checkSize(facts.st_size);
    owned.resize(size_t(facts.st_size));
    size_t filled = 0;
    while (filled < owned.size()) {
        const ssize_t got = ::read(file.descriptor, owned.data() + filled, owned.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw Error{CVSStatusNotFound, std::strerror(errno)};
        if (got == 0) break;
        filled += size_t(got);
    }
    bytes = {owned.data(), filled};
}

}  // namespace cvs::codec
