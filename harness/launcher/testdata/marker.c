/* SPDX-License-Identifier: Apache-2.0 */
/* A library that does nothing but be there. */
int extproof_launcher_marker(void) {
  return 1;
}
