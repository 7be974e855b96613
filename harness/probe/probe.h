/* SPDX-License-Identifier: Apache-2.0
 *
 * The library of ours that is inside the tested process. C ABI, no Python, no C++: one binary
 * serves every interpreter. It needs libc alone; native stacks need libgcc_s, which it looks for.
 *
 * At the moment of a sanitizer's report it writes one header line to a descriptor and raises a
 * signal, on which Python's fault handler has been registered with the same descriptor: so the
 * Python stack follows the header. No lock and no GIL is needed, and nothing is allocated.
 *
 * AddressSanitizer calls us back after its text is written. It only has to be in the process when
 * this library is loaded. UndefinedBehaviorSanitizer calls the symbol __ubsan_on_report
 * before it writes; ours is found only when this library is ahead of the runtime in the search
 * order: in LD_PRELOAD before a preloaded runtime, or loaded with RTLD_GLOBAL before the first
 * object that brings the runtime with it.
 */

#pragma once

#include <stdint.h>

#define EXTPROOF_PROBE_EXPORT __attribute__((visibility("default")))

/* 1: first. */
EXTPROOF_PROBE_EXPORT int extproof_probe_version(void);

/* From now on each report writes
 *
 *   extproof-stack 1 pid P tid T runtime asan|ubsan when after|before log san.P size N
 *
 * to `stack_fd` and raises `signum` in the reporting thread. N is the size of the file san.P in
 * `log_dir` at that moment, 0 when it does not exist: it says which report of the log is meant.
 * `signum` 0 switches that off again. The descriptor stays the caller's.
 *
 * Returns 0, or an errno: ENAMETOOLONG, or EINVAL for a signal that does not exist.
 */
EXTPROOF_PROBE_EXPORT int extproof_probe_start(const char* log_dir, int stack_fd, int signum);

/* From now on remembers of each block that the sanitizer's allocator hands out the context in which
 * that was, until the block is freed. Costs two calls for each block, and 32 to 64 bytes for each
 * block at the moment when most were alive. A forked child does not follow.
 *
 * Returns 0, or an errno: ENOSYS without such an allocator, EBUSY when others took its last hook.
 */
EXTPROOF_PROBE_EXPORT int extproof_probe_follow_blocks(void);

/* The number that blocks get from now on, to be set by the caller; with 0 they get none. */
EXTPROOF_PROBE_EXPORT uint32_t* extproof_probe_context(void);

/* The context in which the living block at that address was handed out; 0 when it is not known. */
EXTPROOF_PROBE_EXPORT uint32_t extproof_probe_context_of(uintptr_t address);

/* Writes an entry with the Python stack of the calling thread, as a report does. For a debugger,
 * which calls it in a stopped process.
 */
EXTPROOF_PROBE_EXPORT void extproof_probe_show_stack(void);
/* From now on a thread that gets the signal of harness/facts/stack_signal.h from the reaper appends
 * its native stack to `log_dir`/native.<pid>, innermost frame first:
 *
 *   extproof-native 1 pid P tid T python H
 *   frame T 0xOFFSET PATH
 *   end T
 *
 * H is the thread as Python's fault handler names it. OFFSET counts as the object's own tables do,
 * and lies inside of the call; PATH is "-" for code of no object. "cut T" instead of "end T" says
 * that there are more frames than 128, or that nothing could be unwound. Lines of several threads
 * may stand between each other. No lock is taken, none of the allocator nor of Python.
 *
 * Called as the library is loaded where EXTPROOF_LOGS names the folder, so children answer too.
 *
 * Returns 0, or an errno: ENAMETOOLONG; EBUSY when others handle the signal; ENOSYS without
 * libgcc_s.
 */
EXTPROOF_PROBE_EXPORT int extproof_probe_answer(const char* log_dir);

/* Called by the runtime of UndefinedBehaviorSanitizer, whose own definition it replaces. */
EXTPROOF_PROBE_EXPORT void __ubsan_on_report(void);
