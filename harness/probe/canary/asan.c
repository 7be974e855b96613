/* SPDX-License-Identifier: Apache-2.0
 *
 * The bugs that a lane with AddressSanitizer must see before its silence counts. Built at run time
 * with the flags of the lane. Everything goes through volatile objects, or the optimiser would
 * remove the bug together with the block.
 */
#include <stddef.h>
#include <stdlib.h>

#define EXPORT __attribute__((visibility("default")))
#define OUT_OF_LINE __attribute__((noinline))

enum { k_block = 16, k_lost = 4321 };

/* Writes one byte past a block of 16. Called with 0, which the compiler cannot know. */
EXPORT int extproof_canary(int zero) {
  volatile size_t index = (size_t)(k_block + zero);
  char* const block = malloc(k_block);
  volatile char* const bytes = block;
  if (block == NULL) {
    return -1;
  }
  bytes[index] = 1;
  free(block);
  return 0;
}

static OUT_OF_LINE int lose_block(void) {
  void* volatile block = malloc(k_lost);
  const int allocated = block != NULL;
  block = NULL;
  return allocated;
}

/* The leak checker takes what it finds on the stack for a pointer in use: overwrite it. */
static OUT_OF_LINE int overwrite_stack(int value) {
  volatile char room[4096];
  int sum = 0;
  for (size_t i = 0; i < sizeof room; ++i) {
    room[i] = (char)value;
  }
  for (size_t i = 0; i < sizeof room; ++i) {
    sum += room[i];
  }
  return sum;
}

/* Loses a block of 4321 bytes. */
EXPORT int extproof_canary_leak(void) {
  const int allocated = lose_block();
  return allocated ? overwrite_stack(0) : -1;
}
