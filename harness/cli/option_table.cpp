// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/option_table.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/parsers/accepted_file.hpp"

namespace extproof::cli {
namespace {

constexpr std::size_t k_columns = 80;

std::string take_positive(std::optional<int>& into, const std::string& value, int most) {
  const std::optional<std::int64_t> number = base::to_integer(value);
  if (!number || *number < 1 || *number > most) {
    return "a whole number from 1 to " + std::to_string(most);
  }
  into = static_cast<int>(*number);
  return "";
}

std::string take_jobs(Request& request, const std::string& value) {
  return take_positive(request.jobs, value, 1024);
}

std::string take_run(Request& request, const std::string& value) {
  return take_positive(request.run, value, 1000000000);
}

std::string take_path(std::string& into, const std::string& value, const char* expected) {
  into = value;
  return value.empty() ? expected : "";
}

std::string take_config(Request& request, const std::string& value) {
  return take_path(request.config_file, value, "the name of a file");
}

std::string take_project(Request& request, const std::string& value) {
  return take_path(request.project, value, "the name of a folder");
}

std::string take_source(Request& request, const std::string& value) {
  return take_path(request.source, value, "the name of a file");
}

std::string take_compiler(Request& request, const std::string& value) {
  request.compiler = value;
  return value.empty() ? "the name of a compiler" : "";
}

std::string take_color(Request& request, const std::string& value) {
  if (value == "auto") {
    request.color = ColorMode::automatic;
  } else if (value == "always") {
    request.color = ColorMode::always;
  } else if (value == "never") {
    request.color = ColorMode::never;
  } else {
    return "auto, always or never";
  }
  return "";
}

std::string take_formats(Request& request, const std::string& value) {
  request.formats.clear();
  for (const std::string_view entry : base::split(value, ',')) {
    const std::size_t equals = entry.find('=');
    const auto format = facts::report_format_named(entry.substr(0, equals));
    const bool has_file = equals != std::string_view::npos;
    if (!format || (has_file && equals + 1 == entry.size())) {
      return "names divided by commas, each with =FILE or without: " +
             facts::names_of_report_formats();
    }
    request.formats.push_back(
        {*format, has_file ? std::string(entry.substr(equals + 1)) : std::string()});
  }
  return "";
}

std::string take_output(Request& request, const std::string& value) {
  return take_path(request.output, value,
                   "the name of a file, or of a folder with \"/\" behind it");
}

std::string take_reason(Request& request, const std::string& value) {
  return take_path(request.acceptance.reason, value, "a reason");
}

std::string take_issue(Request& request, const std::string& value) {
  return take_path(request.acceptance.issue, value, "an address");
}

std::string take_until(Request& request, const std::string& value) {
  request.acceptance.until = value;
  return parsers::is_day(value) ? "" : "a day, such as 2027-01-31";
}

std::string take_quiet(Request& request, const std::string& /*value*/) {
  request.quiet = true;
  return "";
}

std::string take_verbose(Request& request, const std::string& /*value*/) {
  request.verbose = true;
  return "";
}

std::string take_json(Request& request, const std::string& /*value*/) {
  request.json = true;
  return "";
}

std::string take_all(Request& request, const std::string& /*value*/) {
  request.all = true;
  return "";
}

std::string take_batch(Request& request, const std::string& /*value*/) {
  request.batch = true;
  return "";
}

const OptionRow k_json = {"--json", "", "one JSON document on stdout", take_json};
const OptionRow k_all = {"--all", "", "every lane that this machine can judge", take_all};
const OptionRow k_run = {"--run", "N", "the number of the run (default: the latest)", take_run};
const OptionRow k_formats = {"--format", "NAME[=FILE],...",
                             "console, json, junit, sarif, github, html (default: console); =FILE "
                             "writes that one into FILE, =- to standard output",
                             take_formats};
const OptionRow k_output = {"--output", "PLACE",
                            "where formats without =FILE go: a file for one of them, a folder "
                            "(ending with \"/\") for several (default: standard output)",
                            take_output};

// The words of `text` in lines of at most 80 columns; the first line begins with `first`, which
// fills `indent` columns, or stands above them when it is longer.
std::string wrapped(std::string_view first, std::size_t indent, std::string_view text) {
  std::string out(first);
  std::size_t column = out.size();
  if (column + 2 > indent && !first.empty()) {
    out += '\n';
    column = 0;
  }
  out.append(indent - column, ' ');
  column = indent;
  bool at_start = true;
  for (const std::string_view word : base::split(text, ' ')) {
    if (!at_start && column + 1 + word.size() > k_columns) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
      at_start = true;
    }
    if (!at_start) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    at_start = false;
  }
  return out + "\n";
}

std::string paragraphs(std::string_view text) {
  std::string out;
  for (const std::string_view line : base::lines(text)) {
    out += line.empty() ? "\n" : wrapped("", 0, line);
  }
  return out;
}

std::string option_lines(const std::vector<OptionRow>& rows) {
  std::string out;
  for (const OptionRow& row : rows) {
    std::string names(row.names);
    if (const std::size_t comma = names.find(','); comma != std::string::npos) {
      names.insert(comma + 1, " ");
    } else {
      names.insert(0, "    ");
    }
    if (!row.value.empty()) {
      names += ' ';
      names += row.value;
    }
    out += wrapped("  " + names, 24, row.meaning);
  }
  return out;
}

}  // namespace

const std::vector<OptionRow>& common_options() {
  static const std::vector<OptionRow> k_options = {
      {"--config", "FILE", "read the configuration from FILE instead of the project's own",
       take_config},
      {"--project", "DIR", "the folder of the extension's sources (default: the current one)",
       take_project},
      {"-j,--jobs", "N", "how many steps run at once (default: one for each processor)", take_jobs},
      {"--color", "WHEN", "auto, always or never (default: auto)", take_color},
      {"-q,--quiet", "", "errors only, no progress", take_quiet},
      {"-v,--verbose", "", "also the command line of every step", take_verbose},
  };
  return k_options;
}

const std::vector<CommandRow>& command_table() {
  static const std::vector<CommandRow> k_commands = {
      {.command = Command::init,
       .name = "init",
       .usage = "[DIR]",
       .summary = "configuration, a nox session and a GitHub workflow for a project",
       .text = "Looks at the project in DIR (default: the current folder) and says what it sees: "
               "backend, version, native code, tests and what they need. Then it writes "
               "[tool.extproof] into pyproject.toml, a session into noxfile.py and "
               ".github/workflows/extproof.yml, each only where it lacks. Nothing that is there is "
               "changed or replaced; what could not be added is printed.\n"
               "\n"
               "  extproof init\n"
               "  extproof init ../my-extension\n",
       .takes_folder = true},
      {.command = Command::doctor,
       .name = "doctor",
       .usage = "[--json]",
       .summary = "the compilers, interpreters and tools found here, and what is missing",
       .text = "Lists the compilers with their sanitizer runtimes, the interpreters and the tools "
               "of this machine. For what is missing it says which lane that disables and the "
               "command that installs it.\n",
       .options = {k_json}},
      {.command = Command::interpreters,
       .name = "interpreters",
       .usage = "list | install KIND | remove KIND",
       .summary = "interpreters that see more: builds, lists and removes them",
       .text =
           "Builds an interpreter from CPython's source into the user's cache, proves that it sees "
           "what its kind says, and keeps it. \"list\" shows the kinds and what is installed. The "
           "archive is the one of --source, else in the folder that EXTPROOF_CPYTHON_SOURCES "
           "names, else from python.org; its checksum must be the known one.\n"
           "\n"
           "  extproof interpreters install asan\n"
           "  extproof interpreters install release\n",
       .options = {{"--source", "FILE", "the archive of CPython's source (.tar.xz)", take_source},
                   {"--compiler", "NAME", "what builds it (default: the newest clang, else gcc)",
                    take_compiler},
                   k_json},
       .takes_words = true},
      {.command = Command::plan,
       .name = "plan",
       .usage = "[LANE...] [--all] [--json]",
       .summary = "what a run would do; runs nothing",
       .text = "Shows the steps with which a run of these lanes begins, each with its command line "
               "and environment. Without a LANE they are those of the configuration.\n",
       .options = {k_all, k_json},
       .takes_lanes = true},
      {.command = Command::run,
       .name = "run",
       .usage = "[LANE...] [--all] [-- PYTEST ARGS]",
       .summary = "builds the extension, runs its tests in each lane, reports",
       .text =
           "Builds the extension in the configuration of each LANE, proves that the lane would "
           "see a bug, runs the tests in it and reports what was found. Without a LANE they are "
           "those of the configuration. What follows \"--\" is handed to pytest.\n"
           "\n"
           "  extproof run\n"
           "  extproof run asan\n"
           "  extproof run asan -- tests/test_rows.py::test_fill -x\n",
       .options = {k_all, k_formats, k_output, k_json},
       .takes_lanes = true,
       .takes_pytest_arguments = true},
      {.command = Command::report,
       .name = "report",
       .usage = "[--run N] [--format NAME,...] [--output PLACE]",
       .summary = "shows a stored run again",
       .text = "Renders a run that is stored under .extproof/, also one that was interrupted. "
               "Nothing is run. The exit code is that of the run.\n"
               "\n"
               "  extproof report --format json\n"
               "  extproof report --format junit --output junit.xml\n"
               "  extproof report --format github,sarif=extproof.sarif,html=run.html\n"
               "  extproof report --format html,junit --output reports/\n",
       .options = {k_run, k_formats, k_output, k_json}},
      {.command = Command::debug,
       .name = "debug",
       .usage = "FINDING [--run N] [--batch] [-- PYTEST ARGS]",
       .summary = "shows a finding again in gdb, stopped at its report",
       .text =
           "Brings the build of the finding's lane up to date and runs the test of the finding in "
           "gdb, until the report of that finding is made. The frame at fault is selected; "
           "\"py-stack\" shows the Python code that called it. What follows \"--\" is handed to "
           "pytest, and tests named there are run instead. Nothing is stored.\n"
           "\n"
           "  extproof debug F1\n"
           "  extproof debug F1 --batch\n",
       .options = {k_run,
                   {"--batch", "", "no prompt: print both stacks at the report and end",
                    take_batch}},
       .takes_subject = true,
       .takes_pytest_arguments = true},
      {.command = Command::explain,
       .name = "explain",
       .usage = "CODE | FINDING [--run N]",
       .summary = "a message's page, or a finding with every stack",
       .text = "Explains a message by its code, such as XP3107, or shows a finding of a stored run "
               "with every stack and the command that shows it again. A finding is named by its "
               "number, such as F1, or by the beginning of its fingerprint.\n",
       .options = {k_run},
       .takes_subject = true},
      {.command = Command::accept,
       .name = "accept",
       .usage = "FINDING --reason TEXT [--until DAY]",
       .summary = "records a finding as known, so that it fails no run",
       .text =
           "Writes a finding into extproof-accepted.toml, which belongs under version control. It "
           "then fails no run until the day named, and is reported as stale once it is gone.\n"
           "\n"
           "  extproof accept F2 --reason \"mended in 2.1\" --until 2027-01-31\n",
       .options = {{"--reason", "TEXT", "why the project lives with it", take_reason},
                   {"--issue", "URL", "where it is dealt with", take_issue},
                   {"--until", "DAY", "the last day on which that holds, such as 2027-01-31",
                    take_until},
                   k_run},
       .takes_subject = true},
  };
  return k_commands;
}

std::string render_general_help() {
  std::string text =
      "Usage: extproof [OPTIONS] COMMAND ...\n\n" +
      paragraphs(
          "Proves native Python extensions: builds one in every configuration that finds bugs, "
          "runs its own tests in each, and says what is wrong, where, in which test, and how to "
          "see it again.\n") +
      "\nCommands:\n";
  for (const CommandRow& command : command_table()) {
    text += wrapped("  " + std::string(command.name), 16, command.summary);
  }
  text += "\nOptions of every command:\n" + option_lines(common_options());
  text += wrapped("  -h, --help", 24, "this text, or that of a command");
  text += wrapped("      --version", 24, "the version of extproof");
  text +=
      "\nExit codes:\n"
      "  0  nothing found              4    a tool, runtime or interpreter is missing\n"
      "  1  findings, failed tests     70   a defect in extproof\n"
      "  2  usage or configuration     130  interrupted\n"
      "  3  could not judge\n"
      "\n\"extproof COMMAND --help\" tells more of one command.\n";
  return text;
}

std::string render_command_help(const CommandRow& command) {
  std::string text = "Usage: extproof " + std::string(command.name) + " [OPTIONS] " +
                     std::string(command.usage) + "\n\n";
  for (const std::string_view line : base::lines(command.text)) {
    // Examples stay as they are.
    text +=
        line.substr(0, 2) == "  " ? std::string(line) + "\n" : paragraphs(std::string(line) + "\n");
  }
  if (!command.options.empty()) {
    text += "\nOptions:\n" + option_lines(command.options);
  }
  text += "\nOptions of every command:\n" + option_lines(common_options());
  text += wrapped("  -h, --help", 24, "this text");
  return text;
}

}  // namespace extproof::cli
