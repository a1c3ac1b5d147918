#ifndef CPROCESS_H
#define CPROCESS_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// What Swift can't call: glibc hides these behind _GNU_SOURCE, which the Glibc module is built without.

#pragma clang assume_nonnull begin

enum { CPROCESS_MOST_DESCRIPTORS = 16 };

/// Starts the program at the path `arguments[0]` with default signals, in a session of its own or else in a process
/// group of its own.
///
/// It gets copies of `descriptors`, 3 to 16 of them, as 0, 1, 2 and so on, /dev/null for each of -1, and no other
/// descriptor of ours, whatever other threads open or start meanwhile. `directory` is where it starts; null for ours.
/// Returns 0 and the child's id, or an errno.
int32_t cprocess_start(char *_Nullable const *_Nonnull arguments, char *_Nullable const *_Nonnull environment,
                       const char *_Nullable directory, const int32_t *descriptors, int32_t count, bool session,
                       pid_t *child);

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
