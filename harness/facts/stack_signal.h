/* SPDX-License-Identifier: Apache-2.0
 *
 * How the reaper asks a thread of the tested process for its native stack: by this signal, queued
 * with this value. Level: facts. C, because the probe is.
 */

#pragma once

/* Real-time, so far from both ends that neither the C library nor the fault handler of the suite
 * (SIGRTMAX - 3 and below) takes it. */
#define EXTPROOF_STACK_SIGNAL 62

/* "stck". The same signal from anybody else does what it does without us. */
#define EXTPROOF_STACK_VALUE 0x7374636b
