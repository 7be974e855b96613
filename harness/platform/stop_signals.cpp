// SPDX-License-Identifier: Apache-2.0
#include "harness/platform/stop_signals.hpp"

#include <csignal>

namespace extproof::platform {
namespace {

engines::StopFlag* g_flag = nullptr;
static_assert(engines::StopFlag::is_always_lock_free, "a signal handler may touch it");

void raise_flag(int /*signal*/) {
  const bool again = g_flag->load() != engines::StopRequest::none;
  g_flag->store(again ? engines::StopRequest::at_once : engines::StopRequest::finish_soon);
}

}  // namespace

void watch_stop_signals(engines::StopFlag& flag) {
  g_flag = &flag;
  struct sigaction action = {};
  action.sa_handler = raise_flag;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    sigaction(number, &action, nullptr);
  }
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
}

void leave_keys_to_children() {
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  for (const int number : {SIGINT, SIGQUIT}) {
    sigaction(number, &ignore, nullptr);
  }
}

}  // namespace extproof::platform
