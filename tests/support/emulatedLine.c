/*
 * A serial line with Modbus RTU devices on it, true to the character time: bytes of a request take their time to reach
 * the device, the reply reaches the master byte by byte, and a request that starts before 3.5 characters of silence is
 * dropped, as a strict device does. The master's end is a pty, or a TCP port (--tcp: a converter that itself waits
 * for silence before it sends).
 *
 * Late replies (--late-permille) end at any instant between --late-from-ms and --late-to-ms after the request began.
 * Each takes one of the four ways of `enum way`.
 *
 * Standard output: one JSON line with the path or port, then one JSON line of statistics for each command on
 * standard input: stats, reset (prints, then sets to zero), dead N, alive N. End of input or SIGTERM: prints and ends.
 */
#define _GNU_SOURCE
#include "emulatedLine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef int64_t nanos;
enum { MAX_UNITS = 247, MAX_TALKS = 64, MAX_FRAME = 260 };
#define US ((nanos)1000)
#define MS ((nanos)1000000)
#define NEVER INT64_MAX

/* How a late reply behaves. The first two wait for a silent wire, while they can, and so arrive whole; the others do
 * not wait. After a queued one the device answers what it was asked meanwhile; only here is a request heard that
 * overlaps with the reply (a full-duplex path). */
enum way { QUEUED, HALF_DUPLEX, INTERLEAVED, GARBLED, WAYS };

/* One reply on its way: waits until `start`, then one byte each character time. */
struct talk {
    bool used, late, begun;
    enum way way;
    int unit, length, sent;
    nanos start, deadline;
    uint8_t bytes[MAX_FRAME];
};

struct frame {
    int length;
    bool dropped;
    nanos start, end;
    uint8_t bytes[MAX_FRAME];
};

struct stats {
    long requests, early, collided, bad_crc, fragments, unanswered, replies, late, garbled_bytes, gaps, deliveries, behind;
    nanos busy, gap_sum, gap_least, lag_sum, lag_most, since;
};

static struct {
    long baud, bits, delay_us, units, late_permille, late_from_ms, late_to_ms, seed, spin_us;
    bool tcp;
} option = {9600, 10, 2000, 16, 0, 200, 600, 1, 40, false};

static nanos character, silence;
static int master_fd = -1, listen_fd = -1;
static bool dead[MAX_UNITS + 1];
static nanos device_busy_until[MAX_UNITS + 1];
static struct talk talks[MAX_TALKS];
static struct frame request;
static nanos wire_end; /* end of the last byte that was on the wire, either direction */
static struct stats stats;
static volatile sig_atomic_t ending;

static nanos now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (nanos)t.tv_sec * 1000 * MS + t.tv_nsec;
}

static double chance(void) {
    static uint64_t state;
    if (state == 0) state = (uint64_t)option.seed * 0x9E3779B97F4A7C15u + 1;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (double)(state >> 11) / 9007199254740992.0;
}

static uint16_t crc16(const uint8_t *bytes, int length) {
    uint16_t crc = 0xffff;
    for (int i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (uint16_t)(crc >> 1 ^ 0xA001) : (uint16_t)(crc >> 1);
    }
    return crc;
}

static void print_stats(void) {
    double ms = (double)(now() - stats.since) / 1e6;
    printf("{\"elapsedMs\":%.3f,\"requests\":%ld,\"early\":%ld,\"collided\":%ld,\"badCrc\":%ld,\"fragments\":%ld,"
           "\"unanswered\":%ld,\"replies\":%ld,\"late\":%ld,\"garbledBytes\":%ld,\"wireBusyMs\":%.3f,"
           "\"gapMeanUs\":%.1f,\"gapLeastUs\":%.1f,\"lagMeanUs\":%.1f,\"lagMostUs\":%.1f,\"behindBytes\":%ld,\"cpuMs\":%.1f}\n",
           ms, stats.requests, stats.early, stats.collided, stats.bad_crc, stats.fragments, stats.unanswered,
           stats.replies, stats.late, stats.garbled_bytes, (double)stats.busy / 1e6,
           stats.gaps ? (double)stats.gap_sum / 1e3 / (double)stats.gaps : 0,
           stats.gaps ? (double)stats.gap_least / 1e3 : 0,
           stats.deliveries ? (double)stats.lag_sum / 1e3 / (double)stats.deliveries : 0, (double)stats.lag_most / 1e3,
           stats.behind, (double)clock() / CLOCKS_PER_SEC * 1e3);
    fflush(stdout);
}

static void reset_stats(void) {
    memset(&stats, 0, sizeof stats);
    stats.since = now();
}

static nanos end_of(const struct talk *t) { return t->start + t->length * character; }

/* Bytes of a whole request by its function; 0: not known yet. */
static int request_length(const struct frame *f) {
    if (f->length < 2) return 0;
    switch (f->bytes[1]) {
    case 7: case 11: case 12: case 17: return 4;
    case 43: return 7;
    case 15: case 16: return f->length < 7 ? 0 : 9 + f->bytes[6];
    default: return 8;
    }
}

/* The answer's length, without CRC. */
static int answer(const uint8_t *in, uint8_t *out) {
    int address = in[2] << 8 | in[3], count = in[4] << 8 | in[5], exception = 0;
    out[0] = in[0];
    out[1] = in[1];
    if (in[1] != 3 && in[1] != 4) exception = 1;
    else if (count < 1 || count > 125) exception = 3;
    else if (address + count > EMULATED_ADDRESSES) exception = 2;
    if (exception) {
        out[1] |= 0x80;
        out[2] = (uint8_t)exception;
        return 3;
    }
    out[2] = (uint8_t)(count * 2);
    for (int i = 0; i < count; i++) {
        uint16_t value = emulated_register(in[0], address + i);
        out[3 + 2 * i] = (uint8_t)(value >> 8);
        out[4 + 2 * i] = (uint8_t)value;
    }
    return 3 + 2 * count;
}

static void schedule_reply(void) {
    struct talk *t = NULL;
    for (int i = 0; i < MAX_TALKS && !t; i++)
        if (!talks[i].used) t = &talks[i];
    if (!t) return;
    memset(t, 0, sizeof *t);
    int unit = request.bytes[0];
    t->length = answer(request.bytes, t->bytes);
    uint16_t crc = crc16(t->bytes, t->length);
    t->bytes[t->length++] = (uint8_t)crc;
    t->bytes[t->length++] = (uint8_t)(crc >> 8);
    t->used = true;
    t->unit = unit;
    t->start = request.end + option.delay_us * US;
    t->deadline = NEVER;
    t->late = chance() * 1000 < (double)option.late_permille;
    if (t->late) {
        nanos window = (option.late_to_ms - option.late_from_ms) * MS;
        nanos end = request.start + option.late_from_ms * MS + (nanos)(chance() * (double)window);
        t->deadline = request.start + option.late_to_ms * MS;
        if (end - t->length * character > t->start) t->start = end - t->length * character;
        t->way = (enum way)(int)(chance() * WAYS);
        stats.late++;
    }
    if (device_busy_until[unit] > t->start) { /* the device still has an older reply to send: this one comes after it */
        t->start = device_busy_until[unit] + option.delay_us * US;
        t->late = true;
        t->way = QUEUED;
        t->deadline = NEVER;
    }
    if (t->late && t->way == QUEUED) device_busy_until[unit] = end_of(t);
}

static void end_request(void) {
    bool lost = request.dropped;
    stats.requests++;
    stats.busy += request.length * character;
    for (int i = 0; i < MAX_TALKS && !option.tcp; i++) {
        const struct talk *t = &talks[i];
        if (!t->used || t->start >= request.end || end_of(t) <= request.start || t->way == QUEUED) continue;
        if (!lost) stats.collided++;
        lost = true;
    }
    int unit = request.bytes[0];
    if (lost) return;
    if (crc16(request.bytes, request.length) != 0) stats.bad_crc++;
    else if (unit < 1 || unit > option.units || dead[unit]) stats.unanswered++;
    else schedule_reply();
}

/* Judges the silence before a request whose first byte begins at request.start. */
static void begin_request(nanos at) {
    nanos before = wire_end > request.end ? wire_end : request.end;
    bool talking = false, forgiven = false;
    for (int i = 0; i < MAX_TALKS; i++) {
        const struct talk *t = &talks[i];
        if (!t->used || t->sent == 0) continue;
        talking = true;
        if (t->late && t->way == QUEUED) forgiven = true;
        if (option.tcp && end_of(t) > before) before = end_of(t);
    }
    request.length = 0;
    if (option.tcp) {
        request.start = at > before + silence ? at : before + silence;
        request.dropped = false;
        return;
    }
    request.start = at > request.end ? at : request.end;
    nanos gap = talking ? 0 : request.start - before;
    bool early = gap < silence;
    if (before > stats.since) { /* the first gap since a reset says nothing */
        if (stats.gaps == 0 || gap < stats.gap_least) stats.gap_least = gap;
        stats.gap_sum += gap;
        stats.gaps++;
    }
    if (early) stats.early++;
    request.dropped = early && !forgiven;
}

static void take(const uint8_t *bytes, ssize_t count, nanos at) {
    for (ssize_t i = 0; i < count; i++) {
        if (request.length > 0 && at > request.end + silence) {
            stats.fragments++;
            request.length = 0;
        }
        if (request.length == 0) {
            begin_request(at);
            request.end = request.start;
        }
        if (at > request.end) request.end = at;
        request.bytes[request.length++] = bytes[i];
        request.end += character;
        if (request.length == request_length(&request) || request.length == MAX_FRAME) {
            end_request();
            request.length = 0;
        }
    }
}

static void deliver(struct talk *t) {
    nanos due = t->start + (t->sent + 1) * character;
    uint8_t byte = t->bytes[t->sent++];
    bool swallowed = false;
    for (int i = 0; i < MAX_TALKS; i++) {
        const struct talk *other = &talks[i];
        if (other == t || !other->used || other->start >= due || end_of(other) <= due - character) continue;
        if (!(t->late && t->way == GARBLED) && !(other->late && other->way == GARBLED)) continue;
        /* Two drivers fight: the receiver sees one stream of rubbish, timed by who began first. */
        if (other->start < t->start || (other->start == t->start && other < t)) swallowed = true;
        else byte = (uint8_t)(byte & other->bytes[other->sent < other->length ? other->sent : other->length - 1]) ^ 0x20;
        stats.garbled_bytes++;
    }
    /* A half-duplex master does not hear while it sends. */
    if (!option.tcp && t->late && t->way == HALF_DUPLEX && request.start < due && request.end > due - character)
        swallowed = true;
    if (due > wire_end) wire_end = due;
    stats.busy += character;
    if (!swallowed && master_fd >= 0) (void)!write(master_fd, &byte, 1);
    nanos lag = now() - due;
    stats.deliveries++;
    stats.lag_sum += lag;
    if (lag > stats.lag_most) stats.lag_most = lag;
    if (lag > character) stats.behind++;
    if (t->sent == t->length) {
        t->used = false;
        stats.replies++;
    }
}

/* A reply that waits for silence is put behind the one that talks. Returns false when it was. */
static bool may_begin(struct talk *t) {
    bool rude = t->late && t->way >= INTERLEAVED;
    for (int i = 0; i < MAX_TALKS; i++) {
        const struct talk *other = &talks[i];
        if (other == t || !other->used || !other->begun) continue;
        if (rude || (other->late && other->way >= INTERLEAVED)) continue;
        if (end_of(other) + silence + t->length * character > t->deadline) continue;
        t->start = end_of(other) + silence;
        if (t->late && t->way == QUEUED && device_busy_until[t->unit] < end_of(t)) device_busy_until[t->unit] = end_of(t);
        return false;
    }
    return t->begun = true;
}

static nanos due_of(const struct talk *t) { return t->begun ? t->start + (t->sent + 1) * character : t->start; }

/* Does all that is due and returns when the next thing is. */
static nanos run_talks(void) {
    for (;;) {
        struct talk *next = NULL;
        for (int i = 0; i < MAX_TALKS; i++)
            if (talks[i].used && (!next || due_of(&talks[i]) < due_of(next))) next = &talks[i];
        if (!next) return NEVER;
        if (due_of(next) > now()) return due_of(next);
        if (next->begun) deliver(next);
        else may_begin(next);
    }
}

static void take_commands(void) {
    static char line[128];
    static size_t used;
    ssize_t got = read(0, line + used, sizeof line - 1 - used);
    if (got <= 0) {
        ending = 1;
        return;
    }
    used += (size_t)got;
    line[used] = 0;
    char *end;
    while ((end = strchr(line, '\n'))) {
        *end = 0;
        int unit = 0;
        if (sscanf(line, "dead %d", &unit) == 1 && unit > 0 && unit <= MAX_UNITS) dead[unit] = true;
        if (sscanf(line, "alive %d", &unit) == 1 && unit > 0 && unit <= MAX_UNITS) dead[unit] = false;
        print_stats();
        if (strcmp(line, "reset") == 0) reset_stats();
        used -= (size_t)(end + 1 - line);
        memmove(line, end + 1, used + 1);
    }
    if (used == sizeof line - 1) used = 0;
}

static void open_pty(void) {
    struct termios raw;
    int slave;
    char path[64];
    memset(&raw, 0, sizeof raw);
    cfmakeraw(&raw);
    raw.c_cflag |= CREAD | CLOCAL;
    raw.c_cc[VMIN] = 1;
    if (openpty(&master_fd, &slave, path, &raw, NULL) != 0) {
        perror("openpty");
        exit(1);
    }
    /* The slave stays open here: a master that closes and opens again must not end the line. */
    printf("{\"path\":\"%s\"}\n", path);
}

static void open_port(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (bind(listen_fd, (struct sockaddr *)&address, size) != 0 || listen(listen_fd, 4) != 0) {
        perror("listen");
        exit(1);
    }
    getsockname(listen_fd, (struct sockaddr *)&address, &size);
    printf("{\"port\":%d}\n", ntohs(address.sin_port));
}

static void accept_master(void) {
    int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK), on = 1;
    if (fd < 0) return;
    if (master_fd >= 0) close(master_fd);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    master_fd = fd;
}

static void read_master(void) {
    uint8_t bytes[512];
    ssize_t got = read(master_fd, bytes, sizeof bytes);
    if (got > 0) take(bytes, got, now());
    else if (option.tcp && (got == 0 || errno != EAGAIN)) {
        close(master_fd);
        master_fd = -1;
    }
}

static void on_signal(int number) {
    (void)number;
    ending = 1;
}

static void read_options(int count, char **words) {
    static const struct option known[] = {
        {"baud", 1, 0, 'b'}, {"bits", 1, 0, 'c'}, {"delay-us", 1, 0, 'd'}, {"units", 1, 0, 'u'}, {"dead", 1, 0, 'x'},
        {"late-permille", 1, 0, 'l'}, {"late-from-ms", 1, 0, 'f'}, {"late-to-ms", 1, 0, 't'}, {"seed", 1, 0, 's'},
        {"spin-us", 1, 0, 'p'}, {"tcp", 0, 0, 'n'}, {0, 0, 0, 0}};
    int letter;
    while ((letter = getopt_long(count, words, "", known, NULL)) != -1) {
        long value = optarg ? atol(optarg) : 0;
        switch (letter) {
        case 'b': option.baud = value; break;
        case 'c': option.bits = value; break;
        case 'd': option.delay_us = value; break;
        case 'u': option.units = value; break;
        case 'x': if (value > 0 && value <= MAX_UNITS) dead[value] = true; break;
        case 'l': option.late_permille = value; break;
        case 'f': option.late_from_ms = value; break;
        case 't': option.late_to_ms = value; break;
        case 's': option.seed = value; break;
        case 'p': option.spin_us = value; break;
        case 'n': option.tcp = true; break;
        default: exit(2);
        }
    }
    if (option.baud < 1 || option.bits < 9 || option.units < 1 || option.units > MAX_UNITS) exit(2);
}

int main(int count, char **words) {
    read_options(count, words);
    character = 1000 * MS * option.bits / option.baud;
    silence = option.baud <= 19200 ? character * 7 / 2 : 1750 * US;
    prctl(PR_SET_TIMERSLACK, 1UL);
    /* A wire is not kept waiting by other programs; where this is not permitted, the lag in the statistics tells. */
    struct sched_param priority = {.sched_priority = 1};
    (void)sched_setscheduler(0, SCHED_FIFO, &priority);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, on_signal);
    signal(SIGINT, SIG_IGN);
    if (option.tcp) open_port();
    else open_pty();
    fflush(stdout);
    if (master_fd >= 0) fcntl(master_fd, F_SETFL, O_NONBLOCK);
    reset_stats();
    while (!ending) {
        nanos next = run_talks(), wait = next == NEVER ? 1000 * MS : next - now() - option.spin_us * US;
        if (wait > 1000 * MS) wait = 1000 * MS;
        if (wait < 0) wait = 0;
        struct timespec timeout = {wait / (1000 * MS), wait % (1000 * MS)};
        struct pollfd fds[3] = {{0, POLLIN, 0}, {master_fd, POLLIN, 0}, {listen_fd, POLLIN, 0}};
        if (ppoll(fds, 3, &timeout, NULL) <= 0) continue;
        if (fds[0].revents) take_commands();
        if (fds[1].revents) read_master();
        if (fds[2].revents) accept_master();
    }
    print_stats();
    return 0;
}
