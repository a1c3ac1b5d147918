#ifndef CVS_BASE_H
#define CVS_BASE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define CVS_NOEXCEPT noexcept
#else
#define CVS_NOEXCEPT
#endif
#define CVS_EXPORT __attribute__((visibility("default")))

#pragma clang assume_nonnull begin

/// An 8-bit picture: 1 channel (grey or mask), 3 (sRGB, R first) or 4 (sRGB + straight alpha). Immutable after
/// creation. Create and destroy only; one owner at a time, any thread; reading may be shared.
typedef struct CVSImage CVSImage;

/// Closed set, append only; Swift imports it as an enum and switches on it without `default`.
typedef enum __attribute__((enum_extensibility(closed))) CVSStatus : int32_t {
    CVSStatusOK = 0,
    CVSStatusBadArgument,
    CVSStatusNotFound,
    CVSStatusEmpty,
    CVSStatusUnrecognized,
    CVSStatusUnsupported,
    CVSStatusTruncated,
    CVSStatusCorrupt,
    CVSStatusOverBudget,
    CVSStatusWriteFailed,
    CVSStatusOutOfMemory,
    CVSStatusCancelled,
    CVSStatusInternal,
} CVSStatus;

/// Owned by the caller and filled only when a call does not return CVSStatusOK. Never thread-local: Swift tasks change
/// threads.
typedef struct CVSError {
    char message[512];
} CVSError;

/// Cancellation: an atomic byte owned by the caller, not 0 means stop. Polled between tiles and rows; may be null.
typedef const bool *_Nullable CVSCancel;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
