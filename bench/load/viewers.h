/* What the load client's parts share: one connection, what a frame told it, and the measurements of a window. */
#ifndef VIEWERS_H
#define VIEWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PINS_LIMIT 4096
/* Logarithmic buckets of 1/32 octave: a percentile is right to 2.2 %. */
#define BUCKETS 1024
#define ENTRIES_LIMIT 2048
#define CLOSED_CODES 8

struct histogram {
    uint64_t count;
    uint64_t max_ns;
    uint64_t buckets[BUCKETS];
};

void histogram_add(struct histogram *into, uint64_t ns);
/* In ms; -1 when nothing was counted. */
double histogram_ms(const struct histogram *from, double share);

uint64_t now_ns(void);

enum frame_kind { FRAME_OTHER, FRAME_HELLO, FRAME_SNAPSHOT, FRAME_ENTRIES, FRAME_LIVE, FRAME_BYE, FRAME_ACK, FRAME_REFUSED };

/* One entry of a frame: a numbered lossless one of the bench (`number` > 0), a line with a stamp, or neither. */
struct entry {
    int64_t seq;
    int64_t number;
    uint64_t stamp_ns;
    bool is_line;
};

/* A frame as every connection that gets the same bytes understands it; read once, compared by its bytes afterwards. */
struct frame {
    enum frame_kind kind;
    int64_t epoch, after, seq;
    /* Of a snapshot: the last lossless number in the folded state, and how many were folded. */
    int64_t folded, folded_count;
    int64_t retry_ms;
    char code[32];
    int entries;
    struct entry entry[ENTRIES_LIMIT];
};

/* `rsv1` says that the payload is deflated. NULL if it cannot be read. The answer lives until 64 others have come. */
const struct frame *frame_of(const uint8_t *payload, size_t size, bool rsv1);

/* 1 when the client was built with zlib. */
extern const int can_inflate;

#endif
