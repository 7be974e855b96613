/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/probe/probe.h"

/* Found in whatever was loaded before us; null without a sanitizer's allocator. */
extern int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void*, size_t),
                                                     void (*)(const volatile void*))
    __attribute__((weak));

struct Block {
  uintptr_t address; /* 0: the slot is free */
  uint32_t context;
};

/* Open addressing with a step of one. Several, so that threads rarely wait for each other. */
struct Shard {
  int lock;
  struct Block* slots;
  size_t capacity; /* a power of two */
  size_t used;
};

enum { k_shards = 16, k_first_capacity = 4096 };

static struct Shard shards[k_shards];
static uint32_t current_context;
static int is_following;

/* Addresses of blocks differ in their middle bits most of all. */
static uint64_t mixed(uintptr_t address) {
  return (uint64_t)address * UINT64_C(0x9E3779B97F4A7C15);
}

static struct Shard* shard_of(uintptr_t address) {
  return &shards[mixed(address) >> 60];
}

static size_t home_of(uintptr_t address, size_t capacity) {
  return (size_t)(mixed(address) >> 24) & (capacity - 1);
}

/* Under a lock all is done by raw system calls: the runtimes wrap the functions of libc, and what
 * they do there may allocate. */
static void take(struct Shard* shard) {
  while (__atomic_exchange_n(&shard->lock, 1, __ATOMIC_ACQUIRE) != 0) {
    syscall(SYS_sched_yield);
  }
}

static void release(struct Shard* shard) {
  __atomic_store_n(&shard->lock, 0, __ATOMIC_RELEASE);
}

/* The slot of `address`, or the free one where it belongs. */
static size_t find(const struct Block* slots, size_t capacity, uintptr_t address) {
  size_t at = home_of(address, capacity);
  while (slots[at].address != 0 && slots[at].address != address) {
    at = (at + 1) & (capacity - 1);
  }
  return at;
}

static int grow(struct Shard* shard) {
  const size_t capacity = shard->capacity == 0 ? k_first_capacity : 2 * shard->capacity;
  const long mapped = syscall(SYS_mmap, NULL, capacity * sizeof(struct Block),
                              PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
  if (mapped == -1) {
    return 0;
  }
  struct Block* const slots = (struct Block*)mapped;
  for (size_t i = 0; i < shard->capacity; ++i) {
    if (shard->slots[i].address != 0) {
      slots[find(slots, capacity, shard->slots[i].address)] = shard->slots[i];
    }
  }
  if (shard->slots != NULL) {
    syscall(SYS_munmap, shard->slots, shard->capacity * sizeof(struct Block));
  }
  shard->slots = slots;
  shard->capacity = capacity;
  return 1;
}

static void on_malloc(const volatile void* block, size_t size) {
  (void)size;
  const uint32_t context = __atomic_load_n(&current_context, __ATOMIC_RELAXED);
  if (block == NULL || context == 0 || !__atomic_load_n(&is_following, __ATOMIC_RELAXED)) {
    return;
  }
  const uintptr_t address = (uintptr_t)block;
  struct Shard* const shard = shard_of(address);
  take(shard);
  if (2 * shard->used < shard->capacity || grow(shard)) {
    const size_t at = find(shard->slots, shard->capacity, address);
    shard->used += shard->slots[at].address == 0;
    shard->slots[at].address = address;
    shard->slots[at].context = context;
  }
  release(shard);
}

/* Those behind it that are not at home move up, so that no search ends early. */
static void erase(struct Shard* shard, size_t hole) {
  const size_t mask = shard->capacity - 1;
  for (size_t at = (hole + 1) & mask; shard->slots[at].address != 0; at = (at + 1) & mask) {
    const size_t home = home_of(shard->slots[at].address, shard->capacity);
    if (((at - home) & mask) >= ((at - hole) & mask)) {
      shard->slots[hole] = shard->slots[at];
      hole = at;
    }
  }
  shard->slots[hole].address = 0;
  --shard->used;
}

static void on_free(const volatile void* block) {
  if (block == NULL || !__atomic_load_n(&is_following, __ATOMIC_RELAXED)) {
    return;
  }
  const uintptr_t address = (uintptr_t)block;
  struct Shard* const shard = shard_of(address);
  take(shard);
  if (shard->used != 0) {
    const size_t at = find(shard->slots, shard->capacity, address);
    if (shard->slots[at].address == address) {
      erase(shard, at);
    }
  }
  release(shard);
}

/* A child has no leak check, and may hold a lock of a thread that it does not have. */
static void stop_in_child(void) {
  __atomic_store_n(&is_following, 0, __ATOMIC_RELAXED);
}

int extproof_probe_follow_blocks(void) {
  if (__sanitizer_install_malloc_and_free_hooks == NULL) {
    return ENOSYS;
  }
  if (__atomic_load_n(&is_following, __ATOMIC_RELAXED)) {
    return 0;
  }
  const int failed = pthread_atfork(NULL, NULL, stop_in_child);
  if (failed != 0) {
    return failed;
  }
  /* Returns 0 when every place for a hook is taken. */
  if (__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free) == 0) {
    return EBUSY;
  }
  __atomic_store_n(&is_following, 1, __ATOMIC_RELAXED);
  return 0;
}

uint32_t* extproof_probe_context(void) {
  return &current_context;
}

uint32_t extproof_probe_context_of(uintptr_t address) {
  struct Shard* const shard = shard_of(address);
  uint32_t context = 0;
  take(shard);
  if (shard->used != 0) {
    const size_t at = find(shard->slots, shard->capacity, address);
    context = shard->slots[at].address == address ? shard->slots[at].context : 0;
  }
  release(shard);
  return context;
}
