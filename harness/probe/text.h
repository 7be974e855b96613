/* SPDX-License-Identifier: Apache-2.0
 *
 * Text in a room of a fixed size, for code that runs inside of a report or of a signal: what does
 * not fit is left out. */

#pragma once

#include <stddef.h>

/* Where the next byte of a text goes and the end that it may not pass. */
struct Room {
  char* at;
  char* end;
};

static inline void append_text(struct Room* room, const char* text) {
  while (*text != '\0' && room->at < room->end) {
    *room->at++ = *text++;
  }
}

/* The same for text of any bytes that must stay in its line. */
static inline void append_line(struct Room* room, const char* text) {
  for (; *text != '\0' && room->at < room->end; ++text) {
    *room->at++ = (char)((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
  }
}

static inline void append_digits(struct Room* room, unsigned long number, unsigned base) {
  char digits[24];
  size_t count = 0;
  do {
    digits[count++] = "0123456789abcdef"[number % base];
    number /= base;
  } while (number != 0);
  while (count > 0 && room->at < room->end) {
    *room->at++ = digits[--count];
  }
}

static inline void append_number(struct Room* room, unsigned long number) {
  append_digits(room, number, 10);
}

static inline void append_hexadecimal(struct Room* room, unsigned long number) {
  append_text(room, "0x");
  append_digits(room, number, 16);
}
