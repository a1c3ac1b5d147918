#pragma once
#include <cstdio>
#include <new>
#include <opencv2/core.hpp>
#include <string>

#include "CVSBase.h"

/// The C++ side of the opaque handle: CV_8UC1, CV_8UC3 (R first) or CV_8UC4 (straight alpha).
struct CVSImage {
    cv::Mat mat;
};

namespace cvs {

/// A failure with its status; whoever detects an error throws it with the message, nobody adds to it.
struct Error {
    CVSStatus status;
    std::string message;
};

inline void stopIfCancelled(CVSCancel cancel) {
    if (cancel && __atomic_load_n(cancel, __ATOMIC_RELAXED)) throw Error{CVSStatusCancelled, "cancelled"};
}

inline CVSStatus fail(CVSError *error, CVSStatus status, const char *message) noexcept {
    std::snprintf(error->message, sizeof error->message, "%s", message);
    return status;
}

/// The only place where a C++ exception becomes a status. Every extern "C" body runs inside it.
template <typename Body>
CVSStatus guarded(CVSError *error, Body &&body) noexcept {
    try {
        body();
        return CVSStatusOK;
    } catch (const Error &e) {
        return fail(error, e.status, e.message.c_str());
    } catch (const std::bad_alloc &) {
        return fail(error, CVSStatusOutOfMemory, "out of memory");
    } catch (const cv::Exception &e) {
        return fail(error, e.code == cv::Error::StsNoMem ? CVSStatusOutOfMemory : CVSStatusInternal, e.what());
    } catch (const std::exception &e) {
        return fail(error, CVSStatusInternal, e.what());
    } catch (...) {
        return fail(error, CVSStatusInternal, "unknown C++ exception");
    }
}

}  // namespace cvs
