/* What every register of the emulated devices holds, shared by the emulator and the C peers that check it. */
#ifndef EMULATED_LINE_H
#define EMULATED_LINE_H

#include <stdint.h>

enum { EMULATED_ADDRESSES = 4096 };

/* Unit 1..16 in the upper four bits, address 0..4095 below: no two registers of the line hold the same value. */
static inline uint16_t emulated_register(int unit, int address) {
    return (uint16_t)(((unit - 1) & 15) << 12 | (address & 0xfff));
}

#endif
