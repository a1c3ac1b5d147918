#ifndef CVS_INFER_H
#define CVS_INFER_H
#include "CVSBase.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// A network compiled for this CPU: planes of one picture in, maps out, any size. One owner; a run at a time, any
/// thread.
typedef struct CVSSession CVSSession;

/// The arithmetic of a session. Closed, append only.
typedef enum __attribute__((enum_extensibility(closed))) CVSPrecision : int32_t {
    /// 32-bit floating point: the same bits whatever the number of threads.
    CVSPrecisionF32 = 0,
    /// bfloat16 multiplications, 32-bit sums; fast where the CPU has them.
    CVSPrecisionBF16,
} CVSPrecision;

/// Compiles an ONNX network whose input is 1 x planes x height x width. NotFound, Corrupt or Internal.
///
/// `cache_folder` keeps the compiled network. A session that finds it there maps the stored weights and gives their
/// memory back once a size has run; null keeps nothing. `width` and `height` are the input's only size, or both 0 when
/// it may have any.
CVSStatus cvs_session_create(const char *model_path, const char *_Nullable cache_folder, CVSPrecision precision,
                             int32_t threads, int32_t width, int32_t height, CVSSession *_Nullable *_Nonnull out,
                             CVSError *error) CVS_NOEXCEPT;
void cvs_session_destroy(CVSSession *session) CVS_NOEXCEPT;

/// Runs the network on `planes` planes of height x width values (16...2048 a side) and copies its first `outputs`
/// outputs, one after the other, which must have `count` values in all. Stops between two layers when cancelled.
CVSStatus cvs_session_run(CVSSession *session, const float *input, int32_t planes, int32_t width, int32_t height,
                          int32_t outputs, float *output, int64_t count, CVSCancel cancel,
                          CVSError *error) CVS_NOEXCEPT;

/// The same for an output of any size: copies up to `capacity` values and tells the `rank` sides of its shape, 4 at
/// most.
CVSStatus cvs_session_run_any(CVSSession *session, const float *input, int32_t planes, int32_t width, int32_t height,
                              float *output, int64_t capacity, int64_t *shape, int32_t *rank, CVSCancel cancel,
                              CVSError *error) CVS_NOEXCEPT;

/// The only size that a file's network takes, without compiling it; both 0 when it may have any. NotFound or Corrupt.
CVSStatus cvs_network_size(const char *model_path, int32_t *width, int32_t *height, CVSError *error) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
