// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>
#include <vector>

#include "harness/base/text.hpp"
#include "harness/cli/option_table.hpp"
#include "harness/cli/suggested_command.hpp"
#include "harness/facts/interpreter_kinds.hpp"

namespace extproof::cli {
namespace {

using facts::Refusal;

// Every name of these options, "--quiet" and "-q" apart.
void add_names(std::vector<std::string>& names, const std::vector<OptionRow>& rows) {
  for (const OptionRow& row : rows) {
    for (const std::string_view name : base::split(row.names, ',')) {
      names.emplace_back(name);
    }
  }
}

std::string help_command(const CommandRow* command) {
  return command == nullptr ? "extproof --help"
                            : "extproof " + std::string(command->name) + " --help";
}

class OptionReader {
 public:
  explicit OptionReader(const std::vector<std::string>& lanes) : lanes_(lanes) {
    app_.set_help_flag();
    app_.require_subcommand(0, 1);
    app_.allow_extras();
    add(app_, common_options());
    app_.add_flag("-h,--help", wants_help_);
    app_.add_flag("--version", wants_version_);
    for (const CommandRow& row : command_table()) {
      CLI::App* sub = app_.add_subcommand(std::string(row.name));
      sub->set_help_flag();
      sub->fallthrough();
      sub->allow_extras();
      add(*sub, row.options);
      if (row.takes_lanes) {
        sub->add_option("LANE", request_.lanes);
      }
      if (row.takes_words) {
        sub->add_option("WORD", request_.words);
      }
      if (row.takes_folder) {
        sub->add_option("DIR", folder_);
      }
      if (row.takes_subject) {
        sub->add_option("SUBJECT", request_.subject);
      }
      sub->callback([this, &row] { command_ = &row; });
    }
  }

  facts::Judged<Parsed> read(std::vector<std::string> words) {
    request_.argv = words;
    words.erase(words.begin(), words.begin() + (words.empty() ? 0 : 1));
    const auto divide = std::find(words.begin(), words.end(), "--");
    const bool is_divided = divide != words.end();
    if (is_divided) {
      request_.pytest_arguments.assign(divide + 1, words.end());
      words.erase(divide, words.end());
    }
    const std::vector<std::string> own = words;
    if (auto refusal = flag_with_value(own); refusal && !text_asked_for(own)) {
      return facts::refuse(std::move(*refusal));
    }
    // CLI11 takes the words from the back.
    std::reverse(words.begin(), words.end());
    try {
      app_.parse(std::move(words));
    } catch (const CLI::ParseError& error) {
      if (const auto text = text_asked_for(own)) {
        return Parsed{*text};
      }
      return facts::refuse(of_parse_error(error, own));
    }
    if (const auto text = text_asked_for(own)) {
      return Parsed{*text};
    }
    if (auto refusal = refusal_of_words(is_divided)) {
      return facts::refuse(std::move(*refusal));
    }
    request_.command = command_->command;
    return Parsed{std::move(request_)};
  }

 private:
  void add(CLI::App& app, const std::vector<OptionRow>& rows) {
    for (const OptionRow& row : rows) {
      const auto take = [this, &row](const std::string& value) {
        const std::string expected = row.take(request_, value);
        if (!expected.empty() && !wrong_value_) {
          const std::string name(base::split(row.names, ',').back());
          wrong_value_ = Refusal{.code = "XP1001",
                                 .headline = "\"" + value + "\" is no value for " + name,
                                 .notes = {{"expected", expected}}};
        }
      };
      const std::string names(row.names);
      if (row.value.empty()) {
        app.add_flag_function(names, [take](std::int64_t) { take(""); })
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
      } else {
        app.add_option_function<std::string>(names, take)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
      }
    }
  }

  // Looked for in the words themselves, so that help comes whatever else is wrong with them.
  std::optional<TextToPrint> text_asked_for(const std::vector<std::string>& words) const {
    const auto has = [&](std::string_view word) {
      return std::find(words.begin(), words.end(), word) != words.end();
    };
    if (wants_help_ || has("--help") || has("-h")) {
      const CommandRow* command = command_among(words);
      return TextToPrint{command == nullptr ? render_general_help()
                                            : render_command_help(*command)};
    }
    if (wants_version_ || has("--version")) {
      return TextToPrint{"extproof " EXTPROOF_VERSION "\n"};
    }
    return std::nullopt;
  }

  const CommandRow* command_among(const std::vector<std::string>& words) const {
    if (command_ != nullptr) {
      return command_;
    }
    for (const std::string& word : words) {
      for (const CommandRow& row : command_table()) {
        if (row.name == word) {
          return &row;
        }
      }
    }
    return nullptr;
  }

  Refusal finished(Refusal refusal, const CommandRow* command) const {
    refusal.notes.push_back({"so", "nothing was run"});
    refusal.notes.push_back({"try", help_command(command)});
    return refusal;
  }

  static Refusal unknown(const std::string& headline, std::string_view word,
                         const std::vector<std::string>& known) {
    Refusal refusal{.code = "XP1001", .headline = headline};
    if (const auto close = base::closest(word, known)) {
      refusal.notes.push_back({"meant", "perhaps " + *close});
    } else {
      refusal.notes.push_back({"known", base::join(known, ", ")});
    }
    return refusal;
  }

  // "--json=x". CLI11 would read a truth value, and throws something else when it is none.
  std::optional<Refusal> flag_with_value(const std::vector<std::string>& words) const {
    const auto is_flag_of = [](const std::vector<OptionRow>& rows, std::string_view name) {
      return std::any_of(rows.begin(), rows.end(), [&](const OptionRow& row) {
        return row.value.empty() && base::split(row.names, ',').back() == name;
      });
    };
    for (const std::string& word : words) {
      const std::size_t sign = word.find('=');
      const std::string name = word.substr(0, sign);
      bool is_flag = name == "--help" || name == "--version" || is_flag_of(common_options(), name);
      for (const CommandRow& row : command_table()) {
        is_flag = is_flag || is_flag_of(row.options, name);
      }
      if (sign != std::string::npos && is_flag) {
        return finished({.code = "XP1001", .headline = "\"" + name + "\" takes no value"},
                        command_among(words));
      }
    }
    return std::nullopt;
  }

  // What CLI11 refuses by itself, above all an option without its value.
  Refusal of_parse_error(const CLI::ParseError& error,
                         const std::vector<std::string>& words) const {
    const std::string said = error.what();
    const std::string name = said.substr(0, said.find(':'));
    Refusal refusal{.code = "XP1001"};
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
      refusal.headline = "\"" + name + "\" lacks its value";
    } else {
      refusal.headline = "the command line cannot be understood";
      refusal.notes.push_back({"said", said});
    }
    return finished(std::move(refusal), command_among(words));
  }

  // What is wrong with words that CLI11 let pass.
  std::optional<Refusal> refusal_of_words(bool is_divided) {
    std::vector<std::string> left = app_.remaining(true);
    std::vector<std::string> commands;
    for (const CommandRow& row : command_table()) {
      commands.emplace_back(row.name);
    }
    std::sort(commands.begin(), commands.end());
    if (!left.empty()) {
      if (auto refusal = of_word_out_of_place(left.front())) {
        return refusal;
      }
      return finished(of_left_word(left.front(), commands), command_);
    }
    if (command_ == nullptr) {
      return finished({.code = "XP1001",
                       .headline = "no command was given",
                       .notes = {{"known", base::join(commands, ", ")}}},
                      command_);
    }
    if (wrong_value_) {
      return finished(*wrong_value_, command_);
    }
    if (is_divided && !command_->takes_pytest_arguments) {
      return finished({.code = "XP1001",
                       .headline = "\"--\" has no meaning for \"" + std::string(command_->name) +
                                   "\": it starts no pytest"},
                      command_);
    }
    if (command_->takes_subject && request_.subject.empty()) {
      return finished({.code = "XP1001",
                       .headline = "\"" + std::string(command_->name) + "\" lacks what it is about",
                       .notes = {{"expected", command_->command == Command::explain
                                                  ? "a code such as XP3107, a finding such as F1"
                                                  : "a finding such as F1"}}},
                      command_);
    }
    if (command_->takes_folder && !folder_.empty()) {
      if (!request_.project.empty()) {
        return finished({.code = "XP1001",
                         .headline = "\"" + folder_ + "\" and --project both name the project"},
                        command_);
      }
      request_.project = folder_;
    }
    if (command_->takes_words) {
      if (auto refusal = refusal_of_interpreter_words()) {
        return finished(std::move(*refusal), command_);
      }
    }
    if (request_.all && !request_.lanes.empty()) {
      return finished({.code = "XP1001",
                       .headline = "\"--all\" and the lane \"" + request_.lanes.front() +
                                   "\" exclude each other"},
                      command_);
    }
    return std::nullopt;
  }

  // A lane in front of its command, or pytest's options in front of the "--": what was meant is
  // known to the word.
  std::optional<Refusal> of_word_out_of_place(const std::string& word) const {
    const bool runs = command_ != nullptr && command_->command == Command::run;
    const bool is_option = word.size() > 1 && word[0] == '-';
    const std::string name = word.substr(0, word.find('='));
    Refusal refusal{.code = "XP1001"};
    if (runs && is_option && !is_misspelt_option(name, command_->name)) {
      refusal.headline =
          "\"" + name + "\" is not an option of \"" + std::string(command_->name) + "\"";
      refusal.notes.push_back({"expected", "options and paths for pytest after \"--\""});
    } else if ((runs || command_ == nullptr) &&
               std::find(lanes_.begin(), lanes_.end(), word) != lanes_.end()) {
      refusal.headline = "\"" + word + "\" is a lane" +
                         (runs ? ", and stands in front of its command" : " and no command");
    } else if ((runs || command_ == nullptr) && looks_like_tests(word)) {
      refusal.headline = "\"" + word + "\" is no command";
      refusal.notes.push_back({"expected", "options and paths for pytest after \"--\""});
    } else {
      return std::nullopt;
    }
    refusal.notes.push_back({"so", "nothing was run"});
    refusal.notes.push_back(
        {"try", suggest_run(request_.argv, lanes_, [](const auto&) { return false; })});
    return refusal;
  }

  std::optional<Refusal> refusal_of_interpreter_words() const {
    const std::vector<std::string>& words = request_.words;
    const std::vector<std::string> actions = {"list", "install", "remove"};
    if (words.empty()) {
      return Refusal{.code = "XP1001",
                     .headline = "\"interpreters\" lacks what to do",
                     .notes = {{"known", base::join(actions, ", ")}}};
    }
    if (std::find(actions.begin(), actions.end(), words[0]) == actions.end()) {
      return unknown("\"" + words[0] + "\" is nothing that \"interpreters\" does", words[0],
                     actions);
    }
    std::vector<std::string> kinds;
    for (const facts::InterpreterKind& kind : facts::interpreter_kinds()) {
      kinds.emplace_back(kind.name);
    }
    const std::size_t expected = words[0] == "list" ? 1 : 2;
    if (words.size() < expected) {
      return Refusal{.code = "XP1001",
                     .headline = "\"interpreters " + words[0] + "\" lacks the kind",
                     .notes = {{"known", base::join(kinds, ", ")}}};
    }
    if (words.size() > expected) {
      return of_left_word(words[expected], {});
    }
    if (expected == 2 && facts::interpreter_kind_named(words[1]) == nullptr) {
      return unknown("\"" + words[1] + "\" is no kind of interpreter", words[1], kinds);
    }
    return std::nullopt;
  }

  Refusal of_left_word(const std::string& word, const std::vector<std::string>& commands) const {
    if (word.size() > 1 && word[0] == '-') {
      const std::string name = word.substr(0, word.find('='));
      std::vector<std::string> known;
      if (command_ != nullptr) {
        add_names(known, command_->options);
      }
      add_names(known, common_options());
      known.emplace_back("--help");
      std::sort(known.begin(), known.end());
      const std::string of =
          command_ == nullptr ? "extproof" : "\"" + std::string(command_->name) + "\"";
      return unknown("\"" + name + "\" is not an option of " + of, name, known);
    }
    if (command_ == nullptr) {
      return unknown("\"" + word + "\" is not a command", word, commands);
    }
    return {.code = "XP1001",
            .headline = "\"" + word + "\" is one word more than \"" + std::string(command_->name) +
                        "\" takes"};
  }

  const std::vector<std::string>& lanes_;
  CLI::App app_;
  Request request_;
  std::string folder_;  // DIR
  bool wants_help_ = false;
  bool wants_version_ = false;
  const CommandRow* command_ = nullptr;
  std::optional<Refusal> wrong_value_;
};

}  // namespace

facts::Judged<Parsed> parse_options(int argc, const char* const* argv,
                                    const std::vector<std::string>& lanes) {
  return OptionReader(lanes).read(std::vector<std::string>(argv, argv + std::max(argc, 0)));
}

}  // namespace extproof::cli
