/* Polls a room's log in sealed pieces over kept connections, as pages without a socket do: each viewer at a moment of its
 * own within the span, for the newest piece that is sealed.
 *
 *   pollers ADDRESS PORT ROOM VIEWERS SPAN_S SECONDS
 *
 * Prints one line of JSON: requests, answers by kind, bytes, pieces asked for, milliseconds to the answer. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "viewers.h"

#define ANSWER_LIMIT (1 << 18)
/* A page's clock is taken to be right to this. */
#define GUARD_S 0.3
#define SEALED_AFTER_S 2

struct poller {
    int fd;
    uint64_t asked_ns;
    /* Of the answer that is coming: bytes got, and all it will have; 0 until its head is read. */
    size_t got, whole;
    bool is_waiting, ok;
};

static struct sockaddr_in address;
static const char *room;
static long span_s;
static struct histogram answered;
static uint64_t asked, good, failed, bytes, last_piece, pieces;
static char buffer[ANSWER_LIMIT];

static double wall_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int opened(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("connect");
        exit(1);
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void ask(struct poller *one) {
    uint64_t piece = (uint64_t)((wall_s() - SEALED_AFTER_S - GUARD_S) / (double)span_s) * (uint64_t)span_s - (uint64_t)span_s;
    char request[512];
    int size = span_s == 1
        ? snprintf(request, sizeof request, "GET /v1/rooms/%s/chunks/%lu.json HTTP/1.1\r\nHost: shop\r\n\r\n", room, piece)
        : snprintf(request, sizeof request, "GET /v1/rooms/%s/chunks/%lu-%ld.json HTTP/1.1\r\nHost: shop\r\n\r\n", room,
                   piece, span_s);
    if (piece != last_piece) {
        last_piece = piece;
        pieces++;
    }
    one->asked_ns = now_ns();
    one->got = one->whole = 0;
    one->is_waiting = true;
    asked++;
    if (send(one->fd, request, (size_t)size, MSG_NOSIGNAL) != size) failed++;
}

/* The head of an answer comes whole with its first bytes: it is some hundred bytes long. */
static void begin(struct poller *one, size_t size) {
    buffer[size] = 0;
    char *end = strstr(buffer, "\r\n\r\n"), *length = strcasestr(buffer, "\r\ncontent-length:");
    one->ok = strncmp(buffer, "HTTP/1.1 200", 12) == 0;
    if (end == NULL || length == NULL) {
        one->whole = size;
        one->ok = false;
        return;
    }
    one->whole = (size_t)(end + 4 - buffer) + strtoul(length + 17, NULL, 10);
}

static void receive(int epoll, struct poller *one) {
    ssize_t size = recv(one->fd, buffer, sizeof buffer - 1, MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {
        failed += one->is_waiting;
        close(one->fd);
        one->fd = opened();
        one->is_waiting = false;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};
        epoll_ctl(epoll, EPOLL_CTL_ADD, one->fd, &event);
        return;
    }
    if (one->got == 0) begin(one, (size_t)size);
    one->got += (size_t)size;
    bytes += (size_t)size;
    if (one->got < one->whole) return;
    one->is_waiting = false;
    if (one->ok) {
        good++;
        histogram_add(&answered, now_ns() - one->asked_ns);
    } else {
        failed++;
    }
}

int main(int count, char **given) {
    if (count != 7) {
        fprintf(stderr, "pollers ADDRESS PORT ROOM VIEWERS SPAN_S SECONDS\n");
        return 2;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)atoi(given[2]));
    inet_pton(AF_INET, given[1], &address.sin_addr);
    room = given[3];
    long viewers = atol(given[4]), seconds = atol(given[6]);
    span_s = atol(given[5]);
    struct poller *all = calloc((size_t)viewers, sizeof *all);
    int epoll = epoll_create1(0);
    for (long number = 0; number < viewers; number++) {
        all[number].fd = opened();
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[number]};
        epoll_ctl(epoll, EPOLL_CTL_ADD, all[number].fd, &event);
    }
    uint64_t started = now_ns(), turn = 0, step = (uint64_t)span_s * 1000000000u / (uint64_t)viewers;
    struct epoll_event events[256];
    while (now_ns() - started < (uint64_t)seconds * 1000000000u) {
        for (uint64_t now = now_ns(); started + turn * step <= now; turn++) {
            struct poller *one = &all[turn % (uint64_t)viewers];
            /* Still waiting after a whole span: the page gives that piece up. */
            if (one->is_waiting) failed++;
            else ask(one);
        }
        int ready = epoll_wait(epoll, events, 256, 1);
        for (int number = 0; number < ready; number++) receive(epoll, events[number].data.ptr);
    }
    printf("{\"asked\": %lu, \"good\": %lu, \"failed\": %lu, \"bytes\": %lu, \"pieces\": %lu, \"p50_ms\": %.2f, \"p99_ms\": %.2f}\n",
           asked, good, failed, bytes, pieces, histogram_ms(&answered, 0.5), histogram_ms(&answered, 0.99));
    return 0;
}
