// SPDX-License-Identifier: Apache-2.0
//
// The commands beside `run`, whose story is main.cpp. Each returns how the program ends. Level:
// cli.

#pragma once

#include "harness/cli/console.hpp"
#include "harness/cli/request.hpp"
#include "harness/facts/exit_code.hpp"

namespace extproof::cli {

// Writes the configuration, a session of nox and a workflow into a project, where they lack.
facts::ExitCode init_command(const Request& request, const Console& console);

// What a run would do, and runs nothing.
facts::ExitCode plan_command(const Request& request, const Console& console);

// A stored run, rendered again.
facts::ExitCode report_command(const Request& request, const Console& console);

// What was found on this machine, what each missing thing disables and how to install it.
facts::ExitCode doctor_command(const Request& request, const Console& console);

// Builds, lists and removes interpreters in the user's cache.
facts::ExitCode interpreters_command(const Request& request, const Console& console);

// The test of a finding in gdb, stopped at its report.
facts::ExitCode debug_command(const Request& request, const Console& console);

// A message's page, or a finding with every stack.
facts::ExitCode explain_command(const Request& request, const Console& console);

// Writes a finding of a stored run into the file of accepted ones.
facts::ExitCode accept_command(const Request& request, const Console& console);

}  // namespace extproof::cli
