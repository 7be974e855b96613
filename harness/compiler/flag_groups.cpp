// SPDX-License-Identifier: Apache-2.0
#include "harness/compiler/flag_groups.hpp"

#include <algorithm>

namespace extproof::compiler {
namespace {

enum class Match { exact, prefix, macro, linker, linker_prefix, linker_value, linker_z };

struct GroupRow {
  FlagGroup group;
  Match match;
  std::string_view text;
};

constexpr GroupRow k_rows[] = {
#define EXTPROOF_GROUP(identifier, name)
#define EXTPROOF_FLAG(group, match, text) {FlagGroup::group, Match::match, text},
#include "harness/compiler/flag_groups.inc"
#undef EXTPROOF_GROUP
#undef EXTPROOF_FLAG
};

struct ForeignRow {
  Family family;
  Match match;
  std::string_view text;
};

constexpr ForeignRow k_foreign[] = {
#define EXTPROOF_FOREIGN(family, match, text) {Family::family, Match::match, text},
#include "harness/compiler/foreign_flags.inc"
#undef EXTPROOF_FOREIGN
};

constexpr std::string_view k_names[] = {
#define EXTPROOF_GROUP(identifier, name) name,
#define EXTPROOF_FLAG(group, match, text)
#include "harness/compiler/flag_groups.inc"
#undef EXTPROOF_GROUP
#undef EXTPROOF_FLAG
};

// True for NAME, NAME=1 and NAME(x)=1.
bool defines(std::string_view definition, std::string_view macro) {
  if (!definition.starts_with(macro)) {
    return false;
  }
  definition.remove_prefix(macro.size());
  return definition.empty() || definition.front() == '=' || definition.front() == '(';
}

class Dropper {
 public:
  Dropper(const std::vector<std::string>& args, const Arguments& arguments,
          const FlagGroups& groups, Family family)
      : args_(args), arguments_(arguments), groups_(groups), family_(family) {}

  Dropped run() {
    mark_linker_words();
    for (std::size_t at = 0; at < arguments_.list.size(); ++at) {
      const Argument& argument = arguments_.list[at];
      if (argument.first == arguments_.end_of_options) {
        end_of_options_ = result_.kept.size();
      }
      if (argument.input) {
        keep(argument);
      } else if (argument.option.starts_with("-Wl,")) {
        edit_list(argument, [&](std::size_t word, std::string_view) {
          return is_word_marked_[first_word_[at] + word];
        });
      } else if (argument.option.starts_with("-Wp,")) {
        edit_preprocessor_list(argument);
      } else if (goes(argument, at)) {
        drop(argument);
      } else {
        keep(argument);
      }
    }
    result_.end_of_options = std::min(end_of_options_, result_.kept.size());
    return std::move(result_);
  }

 private:
  template <typename Test>
  bool any_row(Test test) const {
    return std::ranges::any_of(k_rows, [&](const GroupRow& row) {
      return groups_[static_cast<std::size_t>(row.group)] && test(row.match, row.text);
    });
  }

  void mark_linker_words() {
    const std::vector<LinkerWord> words = linker_words(arguments_);
    is_word_marked_.assign(words.size(), false);
    first_word_.assign(arguments_.list.size(), words.size());
    for (std::size_t at = 0; at < words.size(); ++at) {
      first_word_[words[at].argument] = std::min(first_word_[words[at].argument], at);
      if (words[at].is_value) {
        continue;
      }
      const std::string_view word = words[at].text;
      const bool has_value = at + 1 < words.size() && words[at + 1].is_value;
      const std::string_view value = has_value ? words[at + 1].text : std::string_view();
      const bool word_goes = any_row([&](Match match, std::string_view text) {
        switch (match) {
          case Match::linker:
            return is_linker_option(word, text);
          case Match::linker_prefix:
            return word.starts_with(text) ||
                   (word.starts_with("--") && word.substr(1).starts_with(text));
          case Match::linker_value:
            return has_value && is_linker_option(word, text);
          case Match::linker_z:
            return (word == "-z" && value == text) ||
                   (word.starts_with("-z") && word.substr(2) == text);
          default:
            return false;
        }
      });
      if (word_goes) {
        is_word_marked_[at] = true;
        if (has_value) {
          is_word_marked_[at + 1] = true;
        }
      }
    }
  }

  bool is_macro_dropped(std::string_view definition) const {
    return any_row([definition](Match match, std::string_view text) {
      return match == Match::macro && defines(definition, text);
    });
  }

  static bool matches(const Argument& argument, Match match, std::string_view text) {
    const std::string_view option = argument.option;
    switch (match) {
      case Match::exact:
        // "-l" and "asan" are "-lasan"; "-specs" and its value are "-specs".
        return (text.size() == option.size() + argument.value.size() && text.starts_with(option) &&
                text.ends_with(argument.value)) ||
               (argument.count == 2 && text == option);
      case Match::prefix:
        return option.starts_with(text);
      default:
        return false;
    }
  }

  bool goes(const Argument& argument, std::size_t at) const {
    if (argument.option == "-D" || argument.option == "--define-macro") {
      return is_macro_dropped(argument.value);
    }
    if (argument.option.starts_with("--define-macro=")) {
      return is_macro_dropped(argument.option.substr(15));
    }
    if (argument.option == "-Xpreprocessor" && argument.value.starts_with("-D")) {
      return is_macro_dropped(argument.value.substr(2));
    }
    if ((argument.option == "-Xlinker" || argument.option == "-z") &&
        first_word_[at] < is_word_marked_.size()) {
      return is_word_marked_[first_word_[at]];
    }
    const auto test = [&argument](Match match, std::string_view text) {
      return matches(argument, match, text);
    };
    return any_row(test) || std::ranges::any_of(k_foreign, [&](const ForeignRow& row) {
             return row.family == family_ && test(row.match, row.text);
           });
  }

  void keep(const Argument& argument) {
    for (std::size_t at = 0; at < argument.count; ++at) {
      result_.kept.push_back(args_[argument.first + at]);
    }
  }

  void drop(const Argument& argument) {
    std::string text = args_[argument.first];
    if (argument.count == 2) {
      text += ' ';
      text += args_[argument.first + 1];
    }
    result_.dropped.push_back(std::move(text));
  }

  // Takes the elements out of "-Wl,..." or "-Wp,..." for which `goes(index, element)` holds.
  template <typename Goes>
  void edit_list(const Argument& argument, Goes element_goes) {
    const std::string head(argument.option.substr(0, 3));
    std::string kept = head;
    std::string dropped = head;
    std::size_t index = 0;
    for_each_element(argument.option, [&](std::string_view element) {
      std::string& list = element_goes(index, element) ? dropped : kept;
      list += ',';
      list += element;
      ++index;
    });
    if (kept.size() > head.size()) {
      result_.kept.push_back(std::move(kept));
    }
    if (dropped.size() > head.size()) {
      result_.dropped.push_back(std::move(dropped));
    }
  }

  void edit_preprocessor_list(const Argument& argument) {
    // "-D" may stand alone here, with its macro as the next element.
    std::vector<std::string_view> elements;
    for_each_element(argument.option,
                     [&](std::string_view element) { elements.push_back(element); });
    edit_list(argument, [&](std::size_t at, std::string_view element) {
      if (at > 0 && elements[at - 1] == "-D") {
        return is_macro_dropped(element);
      }
      if (element == "-D") {
        return at + 1 < elements.size() && is_macro_dropped(elements[at + 1]);
      }
      return element.starts_with("-D") && is_macro_dropped(element.substr(2));
    });
  }

  const std::vector<std::string>& args_;
  const Arguments& arguments_;
  const FlagGroups& groups_;
  Family family_;
  Dropped result_;
  std::size_t end_of_options_ = static_cast<std::size_t>(-1);
  std::vector<bool> is_word_marked_;     // of all linker words
  std::vector<std::size_t> first_word_;  // of each argument, into the linker words
};

}  // namespace

std::optional<FlagGroup> flag_group_of(std::string_view name) {
  const auto found = std::ranges::find(k_names, name);
  if (found == std::end(k_names)) {
    return std::nullopt;
  }
  return static_cast<FlagGroup>(found - std::begin(k_names));
}

std::string_view to_string(FlagGroup group) {
  return k_names[static_cast<std::size_t>(group)];
}

Dropped drop_flags(const std::vector<std::string>& args, const Arguments& arguments,
                   const FlagGroups& groups, Family family) {
  return Dropper(args, arguments, groups, family).run();
}

}  // namespace extproof::compiler
