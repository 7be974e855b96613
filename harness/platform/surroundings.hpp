// SPDX-License-Identifier: Apache-2.0
//
// Clock, terminal and process numbers. Level: platform.

#pragma once

#include <string>
#include <string_view>

namespace extproof::platform {

// "2026-11-21T09:30:00Z".
std::string utc_now();

// Seconds since an arbitrary moment; never goes back.
double monotonic_seconds();

enum class Stream { input, output, errors };
bool is_terminal(Stream stream);
// Width of the terminal, or 80 where there is none.
int columns_of(Stream stream);
// The real path of the ordinary file that the stream goes into; empty for a terminal, a pipe, a
// device, or a file that was removed since.
std::string file_of(Stream stream);
// Writes all of `text`; false when the reader went away.
bool write_to(Stream stream, std::string_view text);

long long own_process_id();
// Boot and start time of this process, so that its number used again is not taken for it.
std::string own_process_identity();

// The working folder, absolute.
std::string working_folder();

}  // namespace extproof::platform
