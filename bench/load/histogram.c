/* Latencies in logarithmic buckets, so that a hundred million arrivals cost 8 KB. */
#include <math.h>
#include <time.h>

#include "viewers.h"

uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static unsigned bucket_of(uint64_t ns) {
    if (ns < 64) return (unsigned)ns / 2;
    unsigned octave = 63u - (unsigned)__builtin_clzll(ns);
    unsigned bucket = (octave - 5) * 32 + (unsigned)(ns >> (octave - 5));
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static double upper_edge_ns(unsigned bucket) {
    if (bucket < 32) return bucket * 2 + 2;
    unsigned octave = bucket / 32 - 1 + 5;
    return ldexp(32 + bucket % 32 + 1, (int)octave - 5);
}

void histogram_add(struct histogram *into, uint64_t ns) {
    into->count++;
    if (ns > into->max_ns) into->max_ns = ns;
    into->buckets[bucket_of(ns)]++;
}

double histogram_ms(const struct histogram *from, double share) {
    if (from->count == 0) return -1;
    uint64_t wanted = (uint64_t)ceil((double)from->count * share), seen = 0;
    for (unsigned bucket = 0; bucket < BUCKETS; bucket++) {
        seen += from->buckets[bucket];
        if (seen >= wanted) {
            double edge = upper_edge_ns(bucket);
            return (edge < (double)from->max_ns ? edge : (double)from->max_ns) / 1e6;
        }
    }
    return (double)from->max_ns / 1e6;
}
