/* Reads a room's frames. Shared frames arrive at thousands of sockets with the same bytes, so each is read once. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "viewers.h"

#ifndef WITHOUT_ZLIB
#include <zlib.h>
const int can_inflate = 1;
#else
const int can_inflate = 0;
#endif

#define KNOWN 64
#define TEXT_LIMIT (1 << 20)

struct known {
    uint8_t *payload;
    size_t size;
    bool rsv1;
    struct frame frame;
};

static struct known known[KNOWN];
static unsigned next_known;
static char text[TEXT_LIMIT + 1];

static int64_t number_after(const char *from, const char *end, const char *name, int64_t otherwise) {
    const char *found = memmem(from, (size_t)(end - from), name, strlen(name));
    return found ? strtoll(found + strlen(name), NULL, 10) : otherwise;
}

static void read_entries(struct frame *frame, const char *from, const char *end) {
    static const char opening[] = "{\"seq\":";
    const char *at = memmem(from, (size_t)(end - from), opening, sizeof opening - 1);
    while (at && frame->entries < ENTRIES_LIMIT) {
        const char *next = at;
        /* A line that answers another holds a second "seq"; an entry is followed by its kind. */
        do
            next = memmem(next + 1, (size_t)(end - next - 1), opening, sizeof opening - 1);
        while (next && next[-1] == ':');
        const char *stop = next ? next : end;
        struct entry *entry = &frame->entry[frame->entries++];
        entry->seq = strtoll(at + sizeof opening - 1, NULL, 10);
        entry->is_line = memmem(at, (size_t)(stop - at), "\"chat.line\"", 11) != NULL;
        entry->number = number_after(at, stop, "\"bench_number\":", 0);
        int64_t stamp = entry->is_line ? number_after(at, stop, "\"text\":\"@", 0) : number_after(at, stop, "\"bench_ns\":", 0);
        entry->stamp_ns = (uint64_t)stamp;
        at = next;
    }
}

static bool starts(const char *from, size_t size, const char *with) {
    return size >= strlen(with) && memcmp(from, with, strlen(with)) == 0;
}

static void read_code(struct frame *frame, const char *from, const char *end) {
    const char *found = memmem(from, (size_t)(end - from), "\"code\":\"", 8);
    frame->code[0] = 0;
    if (!found) return;
    size_t length = 0;
    for (found += 8; found < end && *found != '"' && length < sizeof frame->code - 1; found++) frame->code[length++] = *found;
    frame->code[length] = 0;
}

static void read_text(struct frame *frame, const char *from, size_t size) {
    const char *end = from + size;
    memset(frame, 0, offsetof(struct frame, entry));
    frame->retry_ms = -1;
    if (starts(from, size, "{\"t\":\"frames\"")) {
        frame->kind = FRAME_ENTRIES;
        frame->epoch = number_after(from, end, "\"epoch\":", 0);
        frame->after = number_after(from, end, "\"after\":", 0);
        frame->seq = number_after(from, end, "\"seq\":", 0);
        const char *entries = memmem(from, size, "\"entries\":", 10);
        if (entries) read_entries(frame, entries, end);
    } else if (starts(from, size, "{\"t\":\"snapshot\"")) {
        frame->kind = FRAME_SNAPSHOT;
        frame->epoch = number_after(from, end, "\"epoch\":", 0);
        frame->seq = number_after(from, end, "\"seq\":", 0);
        frame->folded = number_after(from, end, "\"last_number\":", 0);
        frame->folded_count = number_after(from, end, "\"numbers\":", 0);
    } else if (starts(from, size, "{\"t\":\"hello\"")) {
        frame->kind = FRAME_HELLO;
        frame->retry_ms = number_after(from, end, "\"retry_ms\":", -1);
    } else if (starts(from, size, "{\"t\":\"live\"")) {
        frame->kind = FRAME_LIVE;
        frame->retry_ms = number_after(from, end, "\"retry_ms\":", -1);
    } else if (starts(from, size, "{\"t\":\"bye\"")) {
        frame->kind = FRAME_BYE;
        frame->retry_ms = number_after(from, end, "\"retry_ms\":", -1);
        read_code(frame, from, end);
    } else if (starts(from, size, "{\"t\":\"ack\"")) {
        frame->kind = FRAME_ACK;
    } else if (starts(from, size, "{\"t\":\"refused\"")) {
        frame->kind = FRAME_REFUSED;
        read_code(frame, from, end);
    }
}

/* The size of the text, 0 if it cannot be inflated. */
static size_t inflated(const uint8_t *payload, size_t size) {
#ifndef WITHOUT_ZLIB
    static const uint8_t tail[4] = {0, 0, 0xff, 0xff};
    z_stream stream = {0};
    if (inflateInit2(&stream, -15) != Z_OK) return 0;
    stream.next_out = (Bytef *)text;
    stream.avail_out = TEXT_LIMIT;
    stream.next_in = (Bytef *)payload;
    stream.avail_in = (uInt)size;
    int answer = inflate(&stream, Z_NO_FLUSH);
    if (answer == Z_OK || answer == Z_BUF_ERROR) {
        stream.next_in = (Bytef *)tail;
        stream.avail_in = sizeof tail;
        answer = inflate(&stream, Z_SYNC_FLUSH);
    }
    size_t length = TEXT_LIMIT - stream.avail_out;
    inflateEnd(&stream);
    return answer == Z_OK || answer == Z_STREAM_END || answer == Z_BUF_ERROR ? length : 0;
#else
    (void)payload;
    (void)size;
    return 0;
#endif
}

const struct frame *frame_of(const uint8_t *payload, size_t size, bool rsv1) {
    for (unsigned back = 1; back <= KNOWN; back++) {
        struct known *one = &known[(next_known - back) % KNOWN];
        if (one->size == size && one->rsv1 == rsv1 && one->payload && memcmp(one->payload, payload, size) == 0)
            return &one->frame;
    }
    size_t length = size;
    if (rsv1)
        length = inflated(payload, size);
    else if (size <= TEXT_LIMIT)
        memcpy(text, payload, size);
    if (length == 0 || length > TEXT_LIMIT) return NULL;
    text[length] = 0;
    struct known *one = &known[next_known++ % KNOWN];
    one->payload = realloc(one->payload, size);
    memcpy(one->payload, payload, size);
    one->size = size;
    one->rsv1 = rsv1;
    read_text(&one->frame, text, length);
    return &one->frame;
}
