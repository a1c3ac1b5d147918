#ifndef CMICROHTTPD_H
#define CMICROHTTPD_H
// libmicrohttpd 0.9.75 for Swift: its header as it is, and wrappers of the calls that are variadic there.
#include <microhttpd.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// How a daemon listens and what it bears; all counts are over all its threads.
typedef struct CMHDSettings {
    /// A numeric IPv4 or IPv6 address.
    const char *address;
    /// 0 takes a free one.
    uint16_t port;
    uint32_t threads;
    /// Seconds of silence after which a connection is closed.
    uint32_t idle_seconds;
    uint32_t connections;
    uint32_t connections_per_address;
    /// Bytes of header and I/O buffer that one connection may take; longer headers get a 431.
    size_t connection_memory;
} CMHDSettings;

typedef struct CMHDCallbacks {
    /// Handed to all three.
    void *context;
    MHD_AccessHandlerCallback request;
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connection;
} CMHDCallbacks;

/// Starts a daemon on epoll threads of its own that may suspend connections, and that leaves URLs as they were sent.
/// Null when it can't: errno says why, EINVAL for what is no address.
struct MHD_Daemon *_Nullable cmhd_start(const CMHDSettings *settings, const CMHDCallbacks *callbacks);

/// The port that the daemon listens on.
uint16_t cmhd_port(struct MHD_Daemon *daemon);

/// The connection's socket; it stays open until the connection's closing was notified.
int32_t cmhd_socket(struct MHD_Connection *connection);

#pragma clang assume_nonnull end
#endif
