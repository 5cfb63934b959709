/* The limit that fan-out is measured against: a server that does nothing but one send() per socket and frame.
 *
 *   epoll_server SHARED CONNECTIONS
 *
 * SHARED is the file of numbers that fanout.py and its servers tell each other by (see `Shared` there).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WINDOW_TICKS 16
#define FIRST_SEQ 1000000
#define EVENTS 256

struct shared {
    volatile int64_t port, connected, go, received_bytes, frame_bytes, stop, cpu_us;
};

/* The answer to the key of RFC 6455's example, which the receivers send. */
static const char upgraded[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static void die(const char *what) {
    perror(what);
    exit(1);
}

static int64_t cpu_us(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static int listening(struct shared *shared) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 4096)) die("listen");
    getsockname(listener, (struct sockaddr *)&address, &size);
    shared->port = ntohs(address.sin_port);
    return listener;
}

static size_t frame(char *into, int64_t seq) {
    char payload[2048], text[151];
    memset(text, 'x', 150);
    text[150] = 0;
    int size = snprintf(payload, sizeof payload,
                        "{\"t\":\"frames\",\"epoch\":1,\"after\":%lld,\"seq\":%lld,\"entries\":[{\"seq\":%lld,\"kind\":\"stock\","
                        "\"at_ms\":1790000000000,\"body\":{\"item_id\":\"itm_01JZZZZZZZZZZZZZZZZZZZZZZZ\",\"left\":12,"
                        "\"text\":\"%s\"}}]}",
                        (long long)seq - 1, (long long)seq, (long long)seq, text);
    into[0] = (char)0x81;
    into[1] = 126;
    into[2] = (char)(size >> 8);
    into[3] = (char)size;
    memcpy(into + 4, payload, (size_t)size);
    return (size_t)size + 4;
}

static void upgrade(int fd) {
    char request[8192];
    ssize_t got = recv(fd, request, sizeof request, 0);
    if (got > 0 && send(fd, upgraded, sizeof upgraded - 1, MSG_NOSIGNAL) < 0) die("upgrade");
}

static int accept_all(int epoll, int listener, int wanted, int *fds) {
    struct epoll_event events[EVENTS], event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    int count = 0, done = 0;
    while (done < wanted) {
        int ready = epoll_wait(epoll, events, EVENTS, 1000);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd != listener) {
                upgrade(events[i].data.fd);
                done++;
                continue;
            }
            int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK), on = 1;
            if (fd < 0) continue;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            fds[count++] = fd;
            event.data.fd = fd;
            epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
        }
    }
    return count;
}

int main(int count, char **words) {
    if (count != 3) return 2;
    int file = open(words[1], O_RDWR), connections = atoi(words[2]);
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file < 0 || shared == MAP_FAILED) die(words[1]);
    int *fds = calloc((size_t)connections, sizeof *fds), epoll = epoll_create1(0);
    int open = accept_all(epoll, listening(shared), connections, fds);
    while (!shared->go) usleep(10000);
    int64_t seq = FIRST_SEQ, sent = 0, started = cpu_us();
    char bytes[4096];
    struct epoll_event events[EVENTS];
    while (!shared->stop) {
        if (sent - shared->received_bytes / shared->frame_bytes > (int64_t)WINDOW_TICKS * connections) {
            usleep(2000);
            continue;
        }
        size_t size = frame(bytes, ++seq);
        for (int i = 0; i < open; i++)
            if (send(fds[i], bytes, size, MSG_NOSIGNAL) != (ssize_t)size) die("send");
        sent += open;
        epoll_wait(epoll, events, EVENTS, 0);
    }
    shared->cpu_us = cpu_us() - started;
    return 0;
}
