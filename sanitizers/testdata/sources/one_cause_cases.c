// SPDX-License-Identifier: Apache-2.0
// Mistakes that ASan and UBSan both report at one line, one by name. The last two are two mistakes.
#include <stdlib.h>
#include <string.h>

typedef struct {
  int row[4];
  int tail;  // a last array may be longer than it says
} Table;

static volatile int globals[4];
static volatile int sink;

#define OPAQUE __attribute__((noinline))

OPAQUE void null_write(int* nothing) {
  *nothing = 1;
}

OPAQUE void heap_index(volatile Table* table, int index) {
  table->row[index] = 1;
}

OPAQUE void global_index(int index) {
  globals[index] = 1;
}

OPAQUE void stack_index(int index) {
  volatile int local[4] = {0};
  local[index] = 1;
}

OPAQUE void far_index(int index) {
  globals[index] = 1;
}

OPAQUE void divide(int by) {
  sink = 7 / by;
}

OPAQUE void null_copy(char* to, const char* from, size_t size) {
  memcpy(to, from, size);
  sink = 1;  // so that the call is no jump and the frame stays
}

OPAQUE void misaligned_overflow(int* at) {
  *at = 1;
}

OPAQUE void shifted_overflow(volatile char* block, int by) {
  block[1 << by] = 1;
}

int main(int argc, char** argv) {
  const char* name = argc > 1 ? argv[1] : "";
  char* block = malloc(24);
  if (strcmp(name, "null_write") == 0) null_write(argc > 2 ? (int*)block : NULL);
  if (strcmp(name, "heap_index") == 0) heap_index(malloc(sizeof(Table)), 3 + argc);
  if (strcmp(name, "global_index") == 0) global_index(3 + argc);
  if (strcmp(name, "stack_index") == 0) stack_index(3 + argc);
  if (strcmp(name, "far_index") == 0) far_index(argc * 200000000);
  if (strcmp(name, "divide") == 0) divide(argc - 2);
  if (strcmp(name, "null_copy") == 0) null_copy(argc > 2 ? block : NULL, block, (size_t)argc);
  if (strcmp(name, "misaligned_overflow") == 0) misaligned_overflow((int*)(block + 25));
  if (strcmp(name, "shifted_overflow") == 0) shifted_overflow(block, 35 + argc);
  return sink;
}
