/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands where a lane without instrumentation has its canary: that it can be built, loaded and
 * called is all there is to prove.
 */
#define EXPORT __attribute__((visibility("default")))

EXPORT int extproof_canary(int zero) {
  return zero;
}
