/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "harness/probe/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/probe/text.h"

/* All that runs inside a report is a raw system call: the runtimes put wrappers of their own around
 * the functions of libc, and old systems have these under other versions. */

/* Found in whatever was loaded before us; null without AddressSanitizer. */
extern void __asan_set_error_report_callback(void (*)(const char*)) __attribute__((weak));

enum { k_version = 1, k_max_path = 4096 };

static char log_dir_text[k_max_path];
static int stack_descriptor = -1;
/* Written last by start and read first by a report, so that a report in another thread sees either
 * nothing or everything. */
static int report_signal;

/* Initial-exec: any other model may allocate at the first use in a thread, and that would be inside
 * a report of the allocator. */
static __thread int in_report __attribute__((tls_model("initial-exec")));

static unsigned long log_size(unsigned long pid) {
  /* The folder's length was checked; "/san." and a number fit behind it. */
  char path[k_max_path + 32];
  struct Room room = {path, path + sizeof path - 1};
  append_text(&room, log_dir_text);
  append_text(&room, "/san.");
  append_number(&room, pid);
  *room.at = '\0';
  const long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return 0;
  }
  const long size = syscall(SYS_lseek, fd, 0L, SEEK_END);
  syscall(SYS_close, fd);
  return size < 0 ? 0 : (unsigned long)size;
}

static void write_header(const char* runtime_and_when, unsigned long pid, unsigned long tid) {
  char line[256];
  struct Room room = {line, line + sizeof line};
  append_text(&room, "extproof-stack 1 pid ");
  append_number(&room, pid);
  append_text(&room, " tid ");
  append_number(&room, tid);
  append_text(&room, runtime_and_when);
  append_text(&room, " log san.");
  append_number(&room, pid);
  append_text(&room, " size ");
  append_number(&room, log_size(pid));
  append_text(&room, "\n");
  /* The result does not matter: a full disk must not change what the tested program does. */
  syscall(SYS_write, stack_descriptor, line, (size_t)(room.at - line));
}

static void observe_report(const char* runtime_and_when) {
  const int signum = __atomic_load_n(&report_signal, __ATOMIC_ACQUIRE);
  if (signum == 0 || in_report) {
    return;
  }
  in_report = 1;
  const int kept_errno = errno;
  /* Asked each time: after a fork both numbers are others. */
  const long pid = syscall(SYS_getpid);
  const long tid = syscall(SYS_gettid);
  write_header(runtime_and_when, (unsigned long)pid, (unsigned long)tid);

  const uint64_t only = (uint64_t)1 << (signum - 1);
  uint64_t before = 0;
  if (syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &only, &before, sizeof only) == 0) {
    /* Delivered before the call returns, as the signal is not blocked in this thread. */
    syscall(SYS_tgkill, pid, tid, signum);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof before);
  }
  errno = kept_errno;
  in_report = 0;
}

static void on_asan_report(const char* text) {
  (void)text;
  observe_report(" runtime asan when after");
}

void __ubsan_on_report(void) {
  observe_report(" runtime ubsan when before");
}

void extproof_probe_show_stack(void) {
  observe_report(" runtime none when before");
}

int extproof_probe_version(void) {
  return k_version;
}

int extproof_probe_start(const char* log_dir, int stack_fd, int signum) {
  const size_t size = strlen(log_dir);
  if (size >= k_max_path) {
    return ENAMETOOLONG;
  }
  if (signum < 0 || signum > SIGRTMAX) {
    return EINVAL;
  }
  __atomic_store_n(&report_signal, 0, __ATOMIC_RELEASE);
  memcpy(log_dir_text, log_dir, size + 1);
  stack_descriptor = stack_fd;
  __atomic_store_n(&report_signal, signum, __ATOMIC_RELEASE);

  if (__asan_set_error_report_callback != NULL) {
    __asan_set_error_report_callback(on_asan_report);
  }
  return 0;
}
