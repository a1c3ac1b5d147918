#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include "CMicroHTTPD.h"

/// Replaces libmicrohttpd's own unescaping, which would end a path at an escaped null byte.
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

struct MHD_Daemon *cmhd_start(const CMHDSettings *settings, const CMHDCallbacks *callbacks) {
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(settings->port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(settings->port)};
    const struct sockaddr *address = NULL;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    if (inet_pton(AF_INET, settings->address, &v4.sin_addr) == 1) {
        address = (const struct sockaddr *)&v4;
    } else if (inet_pton(AF_INET6, settings->address, &v6.sin6_addr) == 1) {
        address = (const struct sockaddr *)&v6;
        flags |= MHD_USE_IPv6;
    } else {
        errno = EINVAL;
        return NULL;
    }
    // A pool of one thread is refused by libmicrohttpd; no pool is one thread.
    unsigned pool = settings->threads > 1 ? settings->threads : 0;
    return MHD_start_daemon(
        flags, settings->port, NULL, NULL, callbacks->request, callbacks->context, MHD_OPTION_SOCK_ADDR, address,
        MHD_OPTION_THREAD_POOL_SIZE, pool, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)settings->idle_seconds,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)settings->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)settings->connections_per_address, MHD_OPTION_CONNECTION_MEMORY_LIMIT, settings->connection_memory,
        MHD_OPTION_NOTIFY_COMPLETED, callbacks->completed, callbacks->context, MHD_OPTION_NOTIFY_CONNECTION,
        callbacks->connection, callbacks->context, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, (void *)NULL,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
}

uint16_t cmhd_port(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

int32_t cmhd_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}
