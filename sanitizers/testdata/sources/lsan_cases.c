// SPDX-License-Identifier: Apache-2.0
//
// lsan_cases NAME: loses memory in the way NAME says. See ../README.md.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
  struct node* next;
  char payload[40];
};

static struct node* make_node(void) { return malloc(sizeof(struct node)); }

__attribute__((noinline)) static void lose_one(void) {
  char* volatile block = malloc(4321);
  block[0] = 1;
  block = NULL;
}

__attribute__((noinline)) static void lose_chain(void) {
  struct node* volatile head = make_node();
  head->next = make_node();
  head->next->next = make_node();
  head->next->next->next = NULL;
  head = NULL;
}

__attribute__((noinline)) static void lose_many(void) {
  for (int i = 0; i < 3; ++i) {
    char* volatile block = calloc(1, 100);
    block[0] = 1;
    block = NULL;
  }
}

__attribute__((noinline)) static void wipe_stack(void) {
  volatile char frame[8192];
  memset((char*)frame, 0, sizeof frame);
}

__attribute__((noinline)) static void overflow(void) {
  int* volatile row = malloc(40);
  row[10] = 1;
  free(row);
}

int main(int argc, char** argv) {
  const char* name = argc > 1 ? argv[1] : "";
  if (strcmp(name, "one") == 0) lose_one();
  if (strcmp(name, "chain") == 0) lose_chain();
  if (strcmp(name, "all") == 0) {
    lose_one();
    lose_chain();
    lose_many();
  }
  if (strcmp(name, "overflow_then_leak") == 0) {
    overflow();
    lose_one();
  }
  wipe_stack();
  return 0;
}
