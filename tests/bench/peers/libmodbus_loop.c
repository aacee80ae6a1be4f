/*
 * Reads the given blocks of units 1..N in a circle with libmodbus, keeping the 3.5 characters of silence by the
 * monotonic clock. Prints {"event":"begin"} after the warm-up and one JSON result at the end (see busMaster.ts).
 *
 * libmodbus_loop PATH BAUD UNITS TIMEOUT_MS WARMUP_S SECONDS RECOVERY ADDRESS:COUNT...
 */
#define _GNU_SOURCE
#include "emulatedLine.h"

#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

typedef int64_t nanos;
enum { SECOND = 1000000000, MAX_UNITS = 247, MAX_BLOCKS = 32 };

static nanos now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (nanos)t.tv_sec * SECOND + t.tv_nsec;
}

static void sleep_until(nanos at) {
    struct timespec t = {at / SECOND, at % SECOND};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0) continue;
}

static double cpu_us(void) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e6 + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

int main(int count, char **words) {
    if (count < 9) return 2;
    int baud = atoi(words[2]), units = atoi(words[3]), blocks = count - 8;
    uint32_t timeout = (uint32_t)atoi(words[4]) * 1000;
    nanos warmup = (nanos)(atof(words[5]) * SECOND), length = (nanos)(atof(words[6]) * SECOND);
    int address[MAX_BLOCKS], registers[MAX_BLOCKS];
    if (units < 1 || units > MAX_UNITS || blocks > MAX_BLOCKS) return 2;
    for (int i = 0; i < blocks; i++)
        if (sscanf(words[8 + i], "%d:%d", &address[i], &registers[i]) != 2 || registers[i] > MODBUS_MAX_READ_REGISTERS) return 2;

    prctl(PR_SET_TIMERSLACK, 1UL);
    modbus_t *line = modbus_new_rtu(words[1], baud, 'N', 8, 1);
    modbus_set_response_timeout(line, timeout / 1000000, timeout % 1000000);
    if (atoi(words[7])) modbus_set_error_recovery(line, MODBUS_ERROR_RECOVERY_PROTOCOL);
    if (modbus_connect(line) != 0) {
        perror("modbus_connect");
        return 1;
    }

    nanos character = (nanos)SECOND * 10 / baud, silence = baud <= 19200 ? character * 7 / 2 : 1750000;
    long requests = 0, wrong = 0, good[MAX_UNITS + 1] = {0};
    uint16_t values[MODBUS_MAX_READ_REGISTERS];
    nanos start = now(), begun = 0, last = 0;
    double cpu = 0;
    for (long turn = 0;; turn++) {
        int unit = (int)(turn / blocks % units) + 1, block = (int)(turn % blocks);
        if (last) sleep_until(last + silence);
        if (!begun && block == 0 && now() - start >= warmup) {
            printf("{\"event\":\"begin\"}\n");
            fflush(stdout);
            begun = now();
            cpu = cpu_us();
        }
        if (begun && block == 0 && now() - begun >= length) break;
        modbus_set_slave(line, unit);
        int got = modbus_read_registers(line, address[block], registers[block], values);
        last = now();
        if (!begun) continue;
        requests++;
        if (got != registers[block]) continue;
        good[unit]++;
        for (int i = 0; i < got; i++)
            if (values[i] != emulated_register(unit, address[block] + i)) {
                wrong++;
                break;
            }
    }
    printf("{\"event\":\"end\",\"elapsedMs\":%.3f,\"requests\":%ld,\"wrong\":%ld,\"cpuUs\":%.0f,\"goodByUnit\":[",
           (double)(now() - begun) / 1e6, requests, wrong, cpu_us() - cpu);
    for (int unit = 1; unit <= units; unit++) printf("%s%ld", unit > 1 ? "," : "", good[unit]);
    printf("]}\n");
    modbus_close(line);
    modbus_free(line);
    return 0;
}
