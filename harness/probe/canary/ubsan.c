/* SPDX-License-Identifier: Apache-2.0
 *
 * The bug that a lane with UndefinedBehaviorSanitizer must see before its silence counts: a signed
 * addition that overflows. Flags that define it (-fwrapv, -fno-strict-overflow), as interpreters
 * pass them on to extensions, switch the check off, and this canary notices.
 */
#include <limits.h>

#define EXPORT __attribute__((visibility("default")))

/* Called with 0, which the compiler cannot know. */
EXPORT int extproof_canary(int zero) {
  volatile int most = INT_MAX;
  volatile int one = 1 + zero;
  volatile int sum = most + one;
  (void)sum;
  return 0;
}
