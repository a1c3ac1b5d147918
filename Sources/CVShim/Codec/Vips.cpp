#include "Vips.hpp"

namespace cvs::codec {
namespace {

thread_local std::string warnings;

void keep(const gchar *, GLogLevelFlags, const gchar *message, gpointer) {
    if (warnings.size() < 400) warnings.append(message).append("; ");
}

void start() {
    g_log_set_default_handler(keep, nullptr);
    if (vips_init("rundum")) throw Error{CVSStatusInternal, vips_error_buffer()};
    constexpr int all = G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION;
    g_log_set_handler("VIPS", GLogLevelFlags(all), keep, nullptr);
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_block_untrusted_set(TRUE);
    // Our own sniffing picks the loader; everything else stays shut, should it ever be reached.
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (const char *loader : {"VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp",
                               "VipsForeignLoadHeif", "VipsForeignLoadTiff"})
        vips_operation_block_set(loader, FALSE);
    if (cv::getNumThreads() != 1) cv::setNumThreads(1);
}

}  // namespace

void startVips() {
    static std::once_flag once;
    std::call_once(once, start);
}

std::string takeWarnings() { return std::exchange(warnings, {}); }

}  // namespace cvs::codec
