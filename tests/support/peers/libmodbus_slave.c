/*
 * A Modbus slave made of libmodbus, told by lines on stdin what its registers hold.
 *
 *   libmodbus_slave serial PATH BAUD UNIT | modbus-tcp
 *
 * The first line out is `ready PORT` (0 for serial). Commands as in pymodbus_slave.py; there is one set of registers, so
 * the unit is not looked at. What a master wrote is told as `wrote UNIT ADDRESS VALUE...`.
 */
#include <arpa/inet.h>
#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

enum { REGISTERS = 300 };

static modbus_mapping_t *map;
static long reads[REGISTERS];
static int muted;

static void command(char *line) {
    char *name = strtok(line, " \n"), *word;
    strtok(NULL, " \n"); /* unit */
    if (name == NULL) return;
    if (strcmp(name, "set") == 0) {
        int address = -1;
        while ((word = strtok(NULL, " \n")) != NULL) {
            if (*word == '/') address = -1;
            else if (address < 0) address = atoi(word);
            else if (address < REGISTERS) map->tab_registers[address++] = (uint16_t)atoi(word);
        }
        printf("= ok\n");
    } else if (strcmp(name, "mute") == 0 || strcmp(name, "unmute") == 0) {
        muted = *name == 'm';
        printf("= ok\n");
    } else {
        int address = (word = strtok(NULL, " \n")) ? atoi(word) : 0;
        int count = (word = strtok(NULL, " \n")) ? atoi(word) : 1;
        printf("=");
        if (strcmp(name, "reads") == 0) printf(" %ld", reads[address]);
        else
            for (int i = 0; i < count; i++) printf(" %d", map->tab_registers[address + i]);
        printf("\n");
    }
    fflush(stdout);
}

/* Notes what a request asks, after it was answered. */
static void note(const uint8_t *query, int head) {
    int function = query[head], address = query[head + 1] << 8 | query[head + 2];
    int count = query[head + 3] << 8 | query[head + 4];
    if (function == 3)
        for (int i = address; i < address + count && i < REGISTERS; i++) reads[i]++;
    if (function != 6 && function != 16) return;
    printf("wrote %d %d", query[head - 1], address);
    if (function == 6) printf(" %d", count);
    else
        for (int i = 0; i < count; i++) printf(" %d", query[head + 6 + 2 * i] << 8 | query[head + 7 + 2 * i]);
    printf("\n");
    fflush(stdout);
}

int main(int words, char **word) {
    int serial = words == 5 && strcmp(word[1], "serial") == 0, listening = -1, line = -1;
    modbus_t *slave = serial ? modbus_new_rtu(word[2], atoi(word[3]), 'N', 8, 1) : modbus_new_tcp("127.0.0.1", 0);
    map = modbus_mapping_new(0, 0, REGISTERS, 0);
    if (slave == NULL || map == NULL) return 2;
    struct sockaddr_in place = {0};
    socklen_t size = sizeof place;
    if (serial) {
        modbus_set_slave(slave, atoi(word[4]));
        if (modbus_connect(slave) != 0) return 1;
        line = modbus_get_socket(slave);
    } else {
        listening = modbus_tcp_listen(slave, 1);
        if (listening < 0 || getsockname(listening, (struct sockaddr *)&place, &size) != 0) return 1;
    }
    printf("ready %d\n", ntohs(place.sin_port));
    fflush(stdout);

    static char pending[65536];
    size_t length = 0;
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
    for (;;) {
        fd_set ready;
        FD_ZERO(&ready);
        FD_SET(STDIN_FILENO, &ready);
        if (line >= 0) FD_SET(line, &ready);
        else FD_SET(listening, &ready);
        if (select(FD_SETSIZE, &ready, NULL, NULL, NULL) < 0) return 1;
        if (FD_ISSET(STDIN_FILENO, &ready)) {
            ssize_t got = read(STDIN_FILENO, pending + length, sizeof pending - 1 - length);
            if (got <= 0) return 0;
            length += (size_t)got;
            pending[length] = 0;
            char *end;
            while ((end = strchr(pending, '\n')) != NULL) {
                *end = 0;
                size_t used = (size_t)(end - pending) + 1;
                command(pending);
                memmove(pending, pending + used, length - used + 1);
                length -= used;
            }
        }
        if (line < 0) {
            if (FD_ISSET(listening, &ready)) line = modbus_tcp_accept(slave, &listening);
        } else if (FD_ISSET(line, &ready)) {
            int got = modbus_receive(slave, query);
            if (got > 0 && !muted) {
                modbus_reply(slave, query, got, map);
                note(query, modbus_get_header_length(slave));
            } else if (got < 0 && !serial) {
                modbus_close(slave);
                line = -1;
            }
        }
    }
}
