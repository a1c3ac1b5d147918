#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/// A child's descriptors are copies that lie above all the numbers that it is given, so that none is overwritten
/// while they are moved into place; -1 where /dev/null goes.
static int copy_up(const int32_t *descriptors, int32_t count, int *copies) {
    for (int32_t index = 0; index < count; ++index) {
        if (descriptors[index] < 0) continue;
        copies[index] = fcntl(descriptors[index], F_DUPFD_CLOEXEC, CPROCESS_MOST_DESCRIPTORS);
        if (copies[index] < 0) return errno;
    }
    return 0;
}

static int arrange(posix_spawn_file_actions_t *files, const char *directory, const int *copies, int32_t count) {
    int error = 0;
    for (int32_t index = 0; index < count && !error; ++index) {
        if (copies[index] < 0)
            error = posix_spawn_file_actions_addopen(files, index, "/dev/null", index == 0 ? O_RDONLY : O_WRONLY, 0);
        else
            error = posix_spawn_file_actions_adddup2(files, copies[index], index);
    }
    if (!error) error = posix_spawn_file_actions_addclosefrom_np(files, count);
    if (!error && directory) error = posix_spawn_file_actions_addchdir_np(files, directory);
    return error;
}

int32_t cprocess_start(char *const *arguments, char *const *environment, const char *directory,
                       const int32_t *descriptors, int32_t count, bool session, pid_t *child) {
    int copies[CPROCESS_MOST_DESCRIPTORS];
    for (int32_t index = 0; index < CPROCESS_MOST_DESCRIPTORS; ++index) copies[index] = -1;
    if (count < 3 || count > CPROCESS_MOST_DESCRIPTORS) return EINVAL;
    posix_spawn_file_actions_t files;
    int error = posix_spawn_file_actions_init(&files);
    if (error) return error;
    posix_spawnattr_t attributes;
    error = posix_spawnattr_init(&attributes);
    if (error) {
        posix_spawn_file_actions_destroy(&files);
        return error;
    }
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    int group = session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setflags(&attributes, (short)(group | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
    error = copy_up(descriptors, count, copies);
    if (!error) error = arrange(&files, directory, copies, count);
    if (!error) error = posix_spawn(child, arguments[0], &files, &attributes, arguments, environment);
    for (int32_t index = 0; index < count; ++index)
        if (copies[index] >= 0) close(copies[index]);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

int32_t cprocess_wait_ended(pid_t child) {
    siginfo_t info;
    while (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) != 0) {
        if (errno != EINTR) return errno;
    }
    return 0;
}

void cprocess_share_heap(void) { mallopt(M_ARENA_MAX, 1); }

void cprocess_tune_malloc(void) {
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

const char *cprocess_signal_name(int32_t signal) { return sigabbrev_np(signal); }
