/* SPDX-License-Identifier: Apache-2.0
 *
 * The native stack of a thread that the reaper asks for it. All of it runs in a handler that may
 * have interrupted anything, a lock of the allocator or of the dynamic linker too: so nothing is
 * allocated, nothing is locked, and what it writes it writes by raw system calls. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

#include "harness/facts/stack_signal.h"
#include "harness/probe/probe.h"
#include "harness/probe/text.h"

enum { k_max_path = 4096, k_max_frames = 128, k_least_room = 512 };

/* The C library's own name for sigaction: a runtime that wraps the public one may hold signals back
 * until the thread calls into it, which a thread that hangs does not. */
extern int __sigaction(int, const struct sigaction*, struct sigaction*) __attribute__((weak));

/* glibc 2.34 gave these a new version, which an older one does not have. There they lie in libdl,
 * which the interpreter loads; where nobody did, they are null. */
#if defined(__x86_64__)
__asm__(".symver dlopen, dlopen@GLIBC_2.2.5");
__asm__(".symver dlsym, dlsym@GLIBC_2.2.5");
#elif defined(__aarch64__)
__asm__(".symver dlopen, dlopen@GLIBC_2.17");
__asm__(".symver dlsym, dlsym@GLIBC_2.17");
#endif
#pragma weak dlopen
#pragma weak dlsym

/* Of libgcc_s, which is not linked: whoever loads this library may not have it. */
static _Unwind_Reason_Code (*unwind_backtrace)(_Unwind_Trace_Fn, void*);
static _Unwind_Ptr (*unwind_ip)(struct _Unwind_Context*, int*);
#ifdef DLFO_STRUCT_HAS_EH_DBASE
/* glibc 2.35 and later; takes no lock. */
static int (*find_object)(void*, struct dl_find_object*);
#endif

static char folder[k_max_path];
static char executable[k_max_path];
static int is_armed;

struct Walk {
  struct Room room;
  char* begin;
  long file;
  unsigned long thread;
  uintptr_t interrupted; /* where the thread was; frames inside of that are the handler's */
  int has_begun;
  int frames;
  int is_cut;
};

static void flush(struct Walk* walk) {
  const char* at = walk->begin;
  while (at < walk->room.at) {
    const long wrote = syscall(SYS_write, walk->file, at, (size_t)(walk->room.at - at));
    if (wrote < 0 && errno == EINTR) {
      continue;
    }
    if (wrote <= 0) {
      break; /* a full disk must not keep the thread here */
    }
    at += wrote;
  }
  walk->room.at = walk->begin;
}

/* Of the object that an address lies in: its path, and what its addresses are counted from. */
struct Object {
  const char* path;
  uintptr_t base;
};

struct Search {
  uintptr_t address;
  struct Object object;
};

static int is_it(struct dl_phdr_info* info, size_t size, void* data) {
  (void)size;
  struct Search* const search = data;
  for (size_t i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)* const part = &info->dlpi_phdr[i];
    const uintptr_t begin = info->dlpi_addr + part->p_vaddr;
    if (part->p_type == PT_LOAD && search->address >= begin &&
        search->address - begin < part->p_memsz) {
      search->object = (struct Object){info->dlpi_name, info->dlpi_addr};
      return 1;
    }
  }
  return 0;
}

static int find(uintptr_t address, struct Object* object) {
#ifdef DLFO_STRUCT_HAS_EH_DBASE
  if (find_object != NULL) {
    struct dl_find_object found;
    if (find_object((void*)address, &found) != 0) {
      return 0;
    }
    *object = (struct Object){found.dlfo_link_map->l_name, found.dlfo_link_map->l_addr};
    return 1;
  }
#endif
  /* Locks the list of objects, as the unwinder of such a system does itself. */
  struct Search search = {.address = address};
  if (dl_iterate_phdr(is_it, &search) == 0) {
    return 0;
  }
  *object = search.object;
  return 1;
}

static void append_frame(struct Walk* walk, uintptr_t address) {
  if (walk->room.end - walk->room.at < k_least_room) {
    flush(walk);
  }
  struct Object object = {"", 0};
  const int is_known = find(address, &object);
  append_text(&walk->room, "frame ");
  append_number(&walk->room, walk->thread);
  append_text(&walk->room, " ");
  append_hexadecimal(&walk->room, is_known ? address - object.base : 0);
  append_text(&walk->room, " ");
  const char* path = !is_known ? "-" : object.path[0] == '\0' ? executable : object.path;
  /* The end of a line that became too long is still its end. */
  struct Room line = {walk->room.at, walk->room.end - 1};
  append_line(&line, path);
  walk->room.at = line.at;
  append_text(&walk->room, "\n");
  ++walk->frames;
}

static _Unwind_Reason_Code on_frame(struct _Unwind_Context* context, void* data) {
  struct Walk* const walk = data;
  int is_next = 0; /* 0: the address behind a call, which may be that of the next line */
  const uintptr_t address = unwind_ip(context, &is_next);
  if (address == 0) {
    return _URC_NO_REASON;
  }
  walk->has_begun |= address == walk->interrupted;
  if (!walk->has_begun) {
    return _URC_NO_REASON;
  }
  if (walk->frames == k_max_frames) {
    walk->is_cut = 1;
    return _URC_END_OF_STACK;
  }
  append_frame(walk, is_next ? address : address - 1);
  return _URC_NO_REASON;
}

static uintptr_t interrupted_at(const void* context) {
  const ucontext_t* const state = context;
#if defined(__x86_64__)
  return (uintptr_t)state->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
  return (uintptr_t)state->uc_mcontext.pc;
#else
  (void)state;
  return 0;
#endif
}

static void write_stack(const void* context) {
  char path[k_max_path + 32];
  struct Room name = {path, path + sizeof path - 1};
  const unsigned long pid = (unsigned long)syscall(SYS_getpid);
  append_text(&name, folder);
  append_text(&name, "/native.");
  append_number(&name, pid);
  *name.at = '\0';
  const long file = syscall(SYS_openat, AT_FDCWD, path,
                            O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (file < 0) {
    return;
  }
  /* Whole lines at a time: the threads answer at once, and each line says whose it is. */
  char text[2048];
  struct Walk walk = {.room = {text, text + sizeof text},
                      .begin = text,
                      .file = file,
                      .thread = (unsigned long)syscall(SYS_gettid),
                      .interrupted = interrupted_at(context)};
  append_text(&walk.room, "extproof-native 1 pid ");
  append_number(&walk.room, pid);
  append_text(&walk.room, " tid ");
  append_number(&walk.room, walk.thread);
  append_text(&walk.room, " python ");
  append_hexadecimal(&walk.room, (uintptr_t)pthread_self());
  append_text(&walk.room, "\n");
  walk.is_cut |= unwind_backtrace(on_frame, &walk) != _URC_END_OF_STACK;
  if (walk.frames == 0 && walk.interrupted != 0) {
    append_frame(&walk, walk.interrupted);
    walk.is_cut = 1;
  }
  append_text(&walk.room, walk.is_cut ? "cut " : "end ");
  append_number(&walk.room, walk.thread);
  append_text(&walk.room, "\n");
  flush(&walk);
  syscall(SYS_close, file);
}

/* What the signal does in a process without us. */
static void end_as_without_us(int number) {
  struct sigaction none;
  memset(&none, 0, sizeof none);
  none.sa_handler = SIG_DFL;
  sigaction(number, &none, NULL);
  /* Delivered when the handler returns, which is what blocks it. */
  syscall(SYS_tgkill, syscall(SYS_getpid), syscall(SYS_gettid), number);
}

static void on_ask(int number, siginfo_t* info, void* context) {
  const int kept_errno = errno;
  if (info->si_code == SI_QUEUE && info->si_value.sival_int == EXTPROOF_STACK_VALUE) {
    write_stack(context);
  } else {
    end_as_without_us(number);
  }
  errno = kept_errno;
}

static _Unwind_Reason_Code on_first_frame(struct _Unwind_Context* context, void* data) {
  (void)context;
  (void)data;
  return _URC_END_OF_STACK;
}

static int find_unwinder(void) {
  if (dlopen == NULL || dlsym == NULL) {
    return 0;
  }
  void* const library = dlopen("libgcc_s.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    return 0;
  }
  /* The way by which POSIX turns what dlsym returns into a function. */
  *(void**)&unwind_backtrace = dlsym(library, "_Unwind_Backtrace");
  *(void**)&unwind_ip = dlsym(library, "_Unwind_GetIPInfo");
#ifdef DLFO_STRUCT_HAS_EH_DBASE
  *(void**)&find_object = dlsym(RTLD_DEFAULT, "_dl_find_object");
#endif
  return unwind_backtrace != NULL && unwind_ip != NULL;
}

int extproof_probe_answer(const char* log_dir) {
  const size_t size = strlen(log_dir);
  if (size >= sizeof folder) {
    return ENAMETOOLONG;
  }
  if (is_armed) {
    return 0;
  }
  int (*const change)(int, const struct sigaction*, struct sigaction*) =
      __sigaction != NULL ? __sigaction : sigaction;
  struct sigaction before;
  if (change(EXTPROOF_STACK_SIGNAL, NULL, &before) != 0) {
    return errno;
  }
  if (before.sa_handler != SIG_DFL) {
    return EBUSY;
  }
  if (!find_unwinder()) {
    return ENOSYS;
  }
  /* The first call makes tables. */
  unwind_backtrace(on_first_frame, NULL);
  const ssize_t length = readlink("/proc/self/exe", executable, sizeof executable - 1);
  executable[length < 0 ? 0 : length] = '\0';
  memcpy(folder, log_dir, size + 1);
  struct sigaction answer;
  memset(&answer, 0, sizeof answer);
  answer.sa_sigaction = on_ask;
  answer.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  /* The abort that follows waits until the stack is written. */
  sigfillset(&answer.sa_mask);
  if (change(EXTPROOF_STACK_SIGNAL, &answer, NULL) != 0) {
    return errno;
  }
  is_armed = 1;
  return 0;
}

/* Children that a test starts with the interpreter of a lane have the library too, but nobody who
 * would call it. */
__attribute__((constructor)) static void answer_from_the_start(void) {
  const char* const log_dir = getenv("EXTPROOF_LOGS");
  if (log_dir != NULL && log_dir[0] == '/') {
    extproof_probe_answer(log_dir);
  }
}
