/* Up to 20,000 viewers of one room in one process, as our page behaves: join, fold, resume where they were, come back
 * with jitter. Counts what arrives where it arrives. Commands come on stdin, one line each; answers are lines of JSON.
 *
 *   viewers --port 8082 --tickets FILE --connections 5000 [--first 0] [--sources 4] [--source-net 1] [--rate 2000]
 *           [--deflate] [--slow 500] [--say 30]
 *
 * mark     begins a window; counters of arrivals start at zero
 * report   prints the window
 * say N    lines a second, spoken by healthy viewers in turn
 * quit
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
#include <sys/socket.h>
#include <unistd.h>

#include "viewers.h"

#define READ_BYTES (256 * 1024)
#define EVENTS 512
/* Page's client: a ping every 20 s, backoff of 400 ms doubling to 12 s. */
#define PING_EVERY_NS 20000000000ull
#define FIRST_BACKOFF_MS 400
#define LAST_BACKOFF_MS 12000
#define WHEEL_SLOTS 2048
#define WHEEL_STEP_NS 8000000ull
#define TRICKLE_EVERY_NS 1000000000ull
#define STDIN_INDEX UINT32_MAX

enum state { RESTING, CONNECTING, UPGRADING, GREETING, OPEN };

struct viewer {
    int fd;
    enum state state;
    bool is_slow, was_open;
    unsigned attempt;
    int64_t epoch, seq, number, retry_ms;
    uint64_t lost_at_ns, due_ns;
    uint8_t *rest;
    uint32_t rest_size, lines;
    int32_t next;
};

static struct {
    const char *tickets;
    int port, connections, first, sources, source_net, slow;
    double rate, say;
    bool deflate;
} options = {.sources = 4, .source_net = 1, .rate = 2000};

static struct viewer *viewers;
static char **tickets;
static int32_t wheel[WHEEL_SLOTS];
static uint64_t wheel_at;
static int epoll;
static uint64_t randomness = 88172645463325252ull;

/* Since the start. */
static uint64_t refused_connections, broken, gaps, lost_numbers, repeated_numbers, resumes, snapshots, losses, byes;
static char bye_codes[CLOSED_CODES][32], refusal_codes[CLOSED_CODES][32];
static uint64_t bye_counts[CLOSED_CODES], refusal_counts[CLOSED_CODES];
static struct histogram back_ms;

/* Since the mark. */
static uint64_t marked_at, frames, bytes, deflated_frames, spoken, acks, refusals;
static struct histogram pins, lines;
static uint32_t pin_arrivals[PINS_LIMIT];
static int64_t first_pin;

static uint64_t random_below(uint64_t limit) {
    randomness ^= randomness << 13;
    randomness ^= randomness >> 7;
    randomness ^= randomness << 17;
    return limit ? randomness % limit : 0;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

/* Coming and going. */

static void wait_until(uint32_t index, uint64_t due_ns) {
    struct viewer *viewer = &viewers[index];
    viewer->due_ns = due_ns;
    uint64_t step = due_ns / WHEEL_STEP_NS;
    if (step <= wheel_at) step = wheel_at + 1;
    if (step >= wheel_at + WHEEL_SLOTS) step = wheel_at + WHEEL_SLOTS - 1;
    viewer->next = wheel[step % WHEEL_SLOTS];
    wheel[step % WHEEL_SLOTS] = (int32_t)index;
}

static uint64_t backoff_ns(struct viewer *viewer) {
    uint64_t step = FIRST_BACKOFF_MS;
    for (unsigned i = 0; i < viewer->attempt && step < LAST_BACKOFF_MS; i++) step *= 2;
    if (step > LAST_BACKOFF_MS) step = LAST_BACKOFF_MS;
    /* What the server said in its greeting spreads those who were thrown out together. */
    if (viewer->attempt == 0 && viewer->retry_ms > (int64_t)step)
        return (FIRST_BACKOFF_MS / 2 + random_below((uint64_t)viewer->retry_ms)) * 1000000ull;
    return (step / 2 + random_below(step / 2 + 1)) * 1000000ull;
}

static void hang_up(struct viewer *viewer) {
    if (viewer->fd >= 0) close(viewer->fd);
    viewer->fd = -1;
    free(viewer->rest);
    viewer->rest = NULL;
    viewer->rest_size = 0;
}

/* `retry_ms` < 0: the server did not say. */
static void lose(uint32_t index, int64_t retry_ms) {
    struct viewer *viewer = &viewers[index];
    hang_up(viewer);
    if (viewer->state == OPEN) {
        losses++;
        viewer->lost_at_ns = now_ns();
    } else {
        refused_connections++;
    }
    viewer->state = RESTING;
    uint64_t wait_ns = retry_ms >= 0 ? (uint64_t)retry_ms * 1000000ull : backoff_ns(viewer);
    viewer->attempt++;
    wait_until(index, now_ns() + wait_ns);
}

static void begin_connecting(uint32_t index) {
    struct viewer *viewer = &viewers[index];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    if (fd < 0) die("socket");
    struct sockaddr_in address = {.sin_family = AF_INET};
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (viewer->is_slow) {
        int small = 4096;
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    }
    address.sin_addr.s_addr = htonl(0x7f000000u | (uint32_t)options.source_net << 8 | (1 + index % (uint32_t)options.sources));
    if (bind(fd, (struct sockaddr *)&address, sizeof address)) die("bind");
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)options.port);
    viewer->fd = fd;
    viewer->state = CONNECTING;
    struct epoll_event event = {.events = EPOLLOUT, .data.u32 = index};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS) lose(index, -1);
}

static void connected(uint32_t index) {
    struct viewer *viewer = &viewers[index];
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(viewer->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) {
        lose(index, -1);
        return;
    }
    char request[4096], position[96] = "";
    if (viewer->was_open)
        snprintf(position, sizeof position, "&epoch=%lld&seq=%lld", (long long)viewer->epoch, (long long)viewer->seq);
    int length = snprintf(
        request, sizeof request,
        "GET %s%s HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
        tickets[index], position, options.deflate ? "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" : "");
    if (send(viewer->fd, request, (size_t)length, MSG_NOSIGNAL) != length) {
        lose(index, -1);
        return;
    }
    viewer->state = UPGRADING;
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.u32 = index};
    epoll_ctl(epoll, EPOLL_CTL_MOD, viewer->fd, &event);
}

static void send_frame(struct viewer *viewer, uint8_t kind, const void *payload, size_t size) {
    uint8_t frame[512], mask[4];
    size_t header = size < 126 ? 2 : 4;
    for (int i = 0; i < 4; i++) mask[i] = (uint8_t)random_below(256);
    frame[0] = 0x80 | kind;
    frame[1] = 0x80 | (uint8_t)(size < 126 ? size : 126);
    if (size >= 126) {
        frame[2] = (uint8_t)(size >> 8);
        frame[3] = (uint8_t)size;
    }
    memcpy(frame + header, mask, 4);
    for (size_t i = 0; i < size; i++) frame[header + 4 + i] = ((const uint8_t *)payload)[i] ^ mask[i % 4];
    if (send(viewer->fd, frame, header + 4 + size, MSG_NOSIGNAL) < 0 && errno != EAGAIN) broken++;
}

/* What arrives. */

static void count_code(char codes[][32], uint64_t *counts, const char *code) {
    for (int i = 0; i < CLOSED_CODES; i++) {
        if (codes[i][0] == 0) memcpy(codes[i], code, 32);
        if (strcmp(codes[i], code) == 0) {
            counts[i]++;
            return;
        }
    }
}

static void opened(struct viewer *viewer) {
    if (viewer->state == OPEN) return;
    viewer->state = OPEN;
    viewer->attempt = 0;
    if (viewer->was_open) histogram_add(&back_ms, now_ns() - viewer->lost_at_ns);
    viewer->was_open = true;
}

static void take_entries(struct viewer *viewer, const struct frame *frame, uint64_t now) {
    for (int i = 0; i < frame->entries; i++) {
        const struct entry *entry = &frame->entry[i];
        if (entry->seq <= viewer->seq) continue;
        if (entry->is_line) {
            if (viewer->is_slow) continue;
            viewer->lines++;
            if (entry->stamp_ns >= marked_at && now > entry->stamp_ns) histogram_add(&lines, now - entry->stamp_ns);
        } else if (entry->number > 0) {
            if (entry->number > viewer->number + 1) lost_numbers++;
            if (entry->number <= viewer->number) repeated_numbers++;
            viewer->number = entry->number;
            if (viewer->is_slow || entry->stamp_ns < marked_at) continue;
            histogram_add(&pins, now - entry->stamp_ns);
            if (first_pin == 0) first_pin = entry->number;
            if (entry->number >= first_pin && entry->number - first_pin < PINS_LIMIT) pin_arrivals[entry->number - first_pin]++;
        }
    }
}

/* False when the connection is gone. */
static bool take_frame(uint32_t index, const struct frame *frame, uint64_t now) {
    struct viewer *viewer = &viewers[index];
    switch (frame->kind) {
    case FRAME_HELLO:
    case FRAME_LIVE:
        viewer->retry_ms = frame->retry_ms;
        break;
    case FRAME_SNAPSHOT:
        if (viewer->was_open) snapshots++;
        if (frame->folded != frame->folded_count) lost_numbers++;
        if (frame->folded < viewer->number) repeated_numbers++;
        viewer->epoch = frame->epoch;
        viewer->seq = frame->seq;
        viewer->number = frame->folded;
        opened(viewer);
        break;
    case FRAME_ENTRIES:
        if (frame->epoch != viewer->epoch || frame->after > viewer->seq) {
            gaps++;
            lose(index, -1);
            return false;
        }
        if (viewer->state != OPEN) resumes++;
        take_entries(viewer, frame, now);
        if (frame->seq > viewer->seq) viewer->seq = frame->seq;
        opened(viewer);
        break;
    case FRAME_BYE:
        byes++;
        count_code(bye_codes, bye_counts, frame->code);
        lose(index, frame->retry_ms);
        return false;
    case FRAME_ACK:
        acks++;
        break;
    case FRAME_REFUSED:
        refusals++;
        count_code(refusal_codes, refusal_counts, frame->code);
        break;
    default:
        break;
    }
    return true;
}

/* How many bytes were whole frames; -1 when the connection is gone. */
static int64_t take_bytes(uint32_t index, const uint8_t *from, size_t size, uint64_t now) {
    size_t at = 0;
    while (size - at >= 2) {
        const uint8_t *header = from + at;
        size_t payload = header[1] & 0x7f, start = 2;
        if (payload == 126) {
            if (size - at < 4) break;
            payload = (size_t)header[2] << 8 | header[3];
            start = 4;
        } else if (payload == 127) {
            if (size - at < 10) break;
            payload = 0;
            for (int i = 2; i < 10; i++) payload = payload << 8 | header[i];
            start = 10;
        }
        if (size - at < start + payload) break;
        uint8_t kind = header[0] & 0x0f;
        bool rsv1 = header[0] & 0x40;
        if (kind == 0x9) send_frame(&viewers[index], 0xa, header + start, payload);
        if (kind == 0x8) {
            lose(index, -1);
            return -1;
        }
        if (kind == 0x1) {
            frames++;
            deflated_frames += rsv1;
            const struct frame *frame = frame_of(header + start, payload, rsv1);
            if (!frame) broken++;
            if (frame && !take_frame(index, frame, now)) return -1;
        }
        at += start + payload;
    }
    return (int64_t)at;
}

static uint8_t buffer[READ_BYTES + (1 << 20)];

/* Slow ones read this much at once and wait; their window stays shut most of the time. */
static void be_slow(uint32_t index) {
    struct epoll_event event = {.events = EPOLLRDHUP, .data.u32 = index};
    epoll_ctl(epoll, EPOLL_CTL_MOD, viewers[index].fd, &event);
}

static size_t after_upgrade(uint32_t index, const uint8_t *from, size_t size) {
    const uint8_t *end = memmem(from, size, "\r\n\r\n", 4);
    if (!end) return 0;
    if (size < 12 || memcmp(from, "HTTP/1.1 101", 12) != 0) {
        lose(index, -1);
        return 0;
    }
    viewers[index].state = GREETING;
    return (size_t)(end - from) + 4;
}

static void readable(uint32_t index) {
    struct viewer *viewer = &viewers[index];
    size_t size = viewer->rest_size;
    if (size) memcpy(buffer, viewer->rest, size);
    ssize_t got = recv(viewer->fd, buffer + size, READ_BYTES, 0);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) lose(index, -1);
        return;
    }
    uint64_t now = now_ns();
    bytes += (uint64_t)got;
    size += (size_t)got;
    size_t at = 0;
    if (viewer->state == UPGRADING) {
        at = after_upgrade(index, buffer, size);
        if (viewer->state == RESTING) return;
    }
    if (viewer->state >= GREETING) {
        int64_t taken = take_bytes(index, buffer + at, size - at, now);
        if (taken < 0) return;
        at += (size_t)taken;
    }
    size_t rest = size - at;
    if (rest > (1 << 20)) die("a frame beyond a megabyte");
    if (rest > viewer->rest_size) viewer->rest = realloc(viewer->rest, rest);
    if (rest) memcpy(viewer->rest, buffer + at, rest);
    if (!rest) {
        free(viewer->rest);
        viewer->rest = NULL;
    }
    viewer->rest_size = (uint32_t)rest;
    if (viewer->is_slow && viewer->state == OPEN) be_slow(index);
}

/* What is done every so often. */

static void turn_wheel(uint64_t now) {
    for (uint64_t step = now / WHEEL_STEP_NS; wheel_at < step;) {
        wheel_at++;
        int32_t index = wheel[wheel_at % WHEEL_SLOTS];
        wheel[wheel_at % WHEEL_SLOTS] = -1;
        while (index >= 0) {
            int32_t next = viewers[index].next;
            if (viewers[index].due_ns > now + WHEEL_STEP_NS)
                wait_until((uint32_t)index, viewers[index].due_ns);
            else
                begin_connecting((uint32_t)index);
            index = next;
        }
    }
}

static void say_line(struct viewer *viewer, uint64_t now) {
    char payload[256], words[64];
    size_t length = 0;
    for (int word = 0; word < 5; word++) {
        for (uint64_t letters = 3 + random_below(6); letters; letters--) words[length++] = (char)('a' + random_below(26));
        words[length++] = ' ';
    }
    words[length - 1] = 0;
    int size = snprintf(payload, sizeof payload, "{\"t\":\"say\",\"ref\":\"1\",\"text\":\"@%llu %s\"}", (unsigned long long)now, words);
    send_frame(viewer, 0x1, payload, (size_t)size);
    spoken++;
}

static int healthy(void) { return options.connections - options.slow; }

static void speak(uint64_t now) {
    static uint64_t since, said, speaker;
    static double rate;
    if (rate != options.say) {
        rate = options.say;
        since = now;
        said = 0;
    }
    for (uint64_t due = (uint64_t)((double)(now - since) / 1e9 * rate); said < due; said++) {
        /* A stride that is prime, so that neighbours do not speak together. */
        speaker = (speaker + 7919) % (uint64_t)healthy();
        if (viewers[speaker].state == OPEN) say_line(&viewers[speaker], now);
    }
}

/* Everybody's turn comes once in `every_ns`; `at` remembers whose is next. */
static void in_turn(uint64_t now, uint64_t every_ns, uint64_t *since, uint64_t *done, void (*act)(struct viewer *)) {
    if (!*since) *since = now;
    uint64_t due = (uint64_t)((double)(now - *since) / (double)every_ns * options.connections);
    for (; *done < due; (*done)++) act(&viewers[*done % (uint64_t)options.connections]);
}

static void ping(struct viewer *viewer) {
    if (viewer->state == OPEN && !viewer->is_slow) send_frame(viewer, 0x1, "{\"t\":\"ping\"}", 12);
}

/* Every second slow viewer reads a byte a second, the others read nothing at all. */
static void trickle(struct viewer *viewer) {
    uint8_t byte;
    if (!viewer->is_slow || viewer->state != OPEN || (viewer - viewers) % 2) return;
    /* The byte is lost to the frames; it will come back as a new connection anyway. */
    if (recv(viewer->fd, &byte, 1, MSG_DONTWAIT) == 0) lose((uint32_t)(viewer - viewers), -1);
}

/* What is told. */

static int by_number(const void *one, const void *other) {
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return a < b ? -1 : a > b;
}

static int count_open(bool slow) {
    int open = 0;
    for (int i = 0; i < options.connections; i++) open += viewers[i].state == OPEN && viewers[i].is_slow == slow;
    return open;
}

static void print_histogram(const char *name, const struct histogram *one) {
    printf(",\"%s\":{\"count\":%llu,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}", name, (unsigned long long)one->count,
           histogram_ms(one, .5), histogram_ms(one, .99), (double)one->max_ns / 1e6);
}

static void print_codes(const char *name, char codes[][32], const uint64_t *counts) {
    printf(",\"%s\":{", name);
    for (int i = 0; i < CLOSED_CODES && codes[i][0]; i++)
        printf("%s\"%s\":%llu", i ? "," : "", codes[i], (unsigned long long)counts[i]);
    printf("}");
}

static void print_buckets(const char *name, const struct histogram *one) {
    printf(",\"%s\":[", name);
    for (int i = 0, first = 1; i < BUCKETS; i++)
        if (one->buckets[i]) printf("%s[%d,%llu]", first ? "" : ",", i, (unsigned long long)one->buckets[i]), first = 0;
    printf("]");
}

static void report(void) {
    int count = healthy();
    double seconds = (double)(now_ns() - marked_at) / 1e9;
    uint32_t *heard = malloc(sizeof *heard * (size_t)(count ? count : 1));
    uint64_t all_lines = 0;
    int64_t least_number = INT64_MAX, most_number = 0;
    for (int i = 0; i < count; i++) {
        heard[i] = viewers[i].lines;
        all_lines += heard[i];
        if (viewers[i].number < least_number) least_number = viewers[i].number;
        if (viewers[i].number > most_number) most_number = viewers[i].number;
    }
    qsort(heard, (size_t)count, sizeof *heard, by_number);
    printf("{\"event\":\"report\",\"seconds\":%.3f,\"healthy\":%d,\"open\":%d,\"slow_open\":%d", seconds, count,
           count_open(false), count_open(true));
    printf(",\"frames\":%llu,\"deflated\":%llu,\"bytes\":%llu,\"spoken\":%llu,\"acks\":%llu,\"refusals\":%llu",
           (unsigned long long)frames, (unsigned long long)deflated_frames, (unsigned long long)bytes,
           (unsigned long long)spoken, (unsigned long long)acks, (unsigned long long)refusals);
    printf(",\"gaps\":%llu,\"lost_numbers\":%llu,\"repeated_numbers\":%llu,\"broken\":%llu,\"losses\":%llu", (unsigned long long)gaps,
           (unsigned long long)lost_numbers, (unsigned long long)repeated_numbers, (unsigned long long)broken,
           (unsigned long long)losses);
    printf(",\"resumes\":%llu,\"snapshots\":%llu,\"refused_connections\":%llu", (unsigned long long)resumes,
           (unsigned long long)snapshots, (unsigned long long)refused_connections);
    printf(",\"least_number\":%lld,\"most_number\":%lld", (long long)(count ? least_number : 0), (long long)most_number);
    printf(",\"lines\":{\"all\":%llu,\"least_per_s\":%.2f,\"p1_per_s\":%.2f,\"p50_per_s\":%.2f}", (unsigned long long)all_lines,
           count ? heard[0] / seconds : 0, count ? heard[count / 100] / seconds : 0, count ? heard[count / 2] / seconds : 0);
    print_histogram("pin", &pins);
    print_histogram("line", &lines);
    print_histogram("back", &back_ms);
    print_buckets("pin_buckets", &pins);
    print_buckets("line_buckets", &lines);
    print_buckets("back_buckets", &back_ms);
    print_codes("bye_codes", bye_codes, bye_counts);
    print_codes("refusal_codes", refusal_codes, refusal_counts);
    printf(",\"first_pin\":%lld,\"pin_arrivals\":[", (long long)first_pin);
    for (int i = 0; i < PINS_LIMIT && pin_arrivals[i]; i++) printf("%s%u", i ? "," : "", pin_arrivals[i]);
    printf("]}\n");
    free(heard);
}

static void mark(void) {
    frames = bytes = deflated_frames = spoken = acks = refusals = 0;
    memset(&pins, 0, sizeof pins);
    memset(&lines, 0, sizeof lines);
    memset(&back_ms, 0, sizeof back_ms);
    memset(pin_arrivals, 0, sizeof pin_arrivals);
    first_pin = 0;
    for (int i = 0; i < options.connections; i++) viewers[i].lines = 0;
    marked_at = now_ns();
    printf("{\"event\":\"marked\"}\n");
}

static void tell_progress(void) {
    printf("{\"event\":\"progress\",\"open\":%d,\"slow_open\":%d,\"refused_connections\":%llu,\"losses\":%llu}\n",
           count_open(false), count_open(true), (unsigned long long)refused_connections, (unsigned long long)losses);
}

static void obey_line(const char *line) {
    if (strcmp(line, "mark") == 0) mark();
    if (strcmp(line, "report") == 0) report();
    if (strncmp(line, "say ", 4) == 0) options.say = strtod(line + 4, NULL);
    if (strcmp(line, "quit") == 0) exit(0);
}

static void obey(void) {
    static char line[256];
    static size_t size;
    char byte;
    ssize_t got;
    while ((got = read(STDIN_FILENO, &byte, 1)) == 1) {
        if (byte != '\n') {
            if (size < sizeof line - 1) line[size++] = byte;
            continue;
        }
        line[size] = 0;
        size = 0;
        obey_line(line);
    }
    /* Whoever started us is gone. */
    if (got == 0) exit(0);
}

/* Setting up. */

static void read_tickets(void) {
    FILE *file = fopen(options.tickets, "r");
    if (!file) die(options.tickets);
    static char line[4096];
    tickets = calloc((size_t)options.connections, sizeof *tickets);
    int taken = 0;
    for (int number = 0; taken < options.connections && fgets(line, sizeof line, file); number++) {
        if (number < options.first) continue;
        line[strcspn(line, "\n")] = 0;
        tickets[taken++] = strdup(line);
    }
    fclose(file);
    if (taken < options.connections) {
        fprintf(stderr, "too few tickets\n");
        exit(1);
    }
}

static void read_options(int count, char **words) {
    for (int i = 1; i < count; i++) {
        const char *name = words[i];
        if (strcmp(name, "--deflate") == 0) {
            options.deflate = true;
            continue;
        }
        if (i + 1 == count) break;
        const char *value = words[++i];
        if (strcmp(name, "--port") == 0) options.port = atoi(value);
        else if (strcmp(name, "--tickets") == 0) options.tickets = value;
        else if (strcmp(name, "--connections") == 0) options.connections = atoi(value);
        else if (strcmp(name, "--first") == 0) options.first = atoi(value);
        else if (strcmp(name, "--sources") == 0) options.sources = atoi(value);
        else if (strcmp(name, "--source-net") == 0) options.source_net = atoi(value);
        else if (strcmp(name, "--rate") == 0) options.rate = atof(value);
        else if (strcmp(name, "--slow") == 0) options.slow = atoi(value);
        else if (strcmp(name, "--say") == 0) options.say = atof(value);
    }
    if (!options.port || !options.tickets || !options.connections || options.connections > 19900) {
        fprintf(stderr, "see the head of viewers.c\n");
        exit(2);
    }
    if (options.deflate && !can_inflate) {
        fprintf(stderr, "built without zlib\n");
        exit(2);
    }
}

static void handle(uint32_t index, uint32_t events) {
    struct viewer *viewer = &viewers[index];
    if (viewer->fd < 0) return;
    if (viewer->state == CONNECTING) connected(index);
    else if (events & EPOLLIN) readable(index);
    else if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) lose(index, -1);
}

int main(int count, char **words) {
    read_options(count, words);
    read_tickets();
    randomness += now_ns() + (uint64_t)options.source_net * 7919;
    setvbuf(stdout, NULL, _IOLBF, 1 << 16);
    fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
    viewers = calloc((size_t)options.connections, sizeof *viewers);
    for (int i = 0; i < options.connections; i++) {
        viewers[i].fd = -1;
        viewers[i].retry_ms = -1;
        viewers[i].is_slow = i >= healthy();
    }
    memset(wheel, 0xff, sizeof wheel);
    epoll = epoll_create1(0);
    struct epoll_event stdin_event = {.events = EPOLLIN, .data.u32 = STDIN_INDEX};
    epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &stdin_event);
    struct epoll_event events[EVENTS];
    uint64_t started = now_ns(), told = started, ping_since = 0, pinged = 0, trickle_since = 0, trickled = 0;
    wheel_at = started / WHEEL_STEP_NS;
    int begun = 0;
    for (;;) {
        int ready = epoll_wait(epoll, events, EVENTS, 4);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.u32 == STDIN_INDEX) obey();
            else handle(events[i].data.u32, events[i].events);
        }
        uint64_t now = now_ns();
        int due = (int)((double)(now - started) / 1e9 * options.rate) + 1;
        for (; begun < options.connections && begun < due; begun++) begin_connecting((uint32_t)begun);
        turn_wheel(now);
        if (options.say > 0) speak(now);
        in_turn(now, PING_EVERY_NS, &ping_since, &pinged, ping);
        if (options.slow) in_turn(now, TRICKLE_EVERY_NS, &trickle_since, &trickled, trickle);
        if (now - told > 500000000ull) {
            told = now;
            tell_progress();
        }
    }
}
