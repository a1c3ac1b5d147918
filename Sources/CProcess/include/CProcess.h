#ifndef CPROCESS_H
#define CPROCESS_H
#include <stdint.h>
#include <sys/types.h>

// What Swift can't call: glibc hides these behind _GNU_SOURCE, which the Glibc module is built without.

#pragma clang assume_nonnull begin

/// Starts `path` in a process group of its own, with `channel` as file descriptor 3, nothing on standard input,
/// standard output on standard error, default signals and no other descriptor.
///
/// Returns 0 and the child's id, or an errno.
int32_t cprocess_spawn(const char *path, char *_Nullable const *_Nonnull arguments,
                       char *_Nullable const *_Nonnull environment, int32_t channel, pid_t *child);

/// Waits until the child has ended and leaves it as a zombie, so that its id can't be reused yet. Returns 0 or an
/// errno.
int32_t cprocess_wait_ended(pid_t child);

/// Makes all threads share one heap, where each would keep freed memory of its own: for processes that work on
/// pictures, whose threads ask for few and large buffers. Call it before there are other threads.
void cprocess_share_heap(void);

/// Gives freed memory of 1 MiB and more back to the system at once: without it a worker keeps what one large picture
/// took.
void cprocess_tune_malloc(void);

/// `SEGV` for 11; null for numbers that name no signal.
const char *_Nullable cprocess_signal_name(int32_t signal);

#pragma clang assume_nonnull end
#endif
