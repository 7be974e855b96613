// SPDX-License-Identifier: Apache-2.0
#include "harness/compiler/command_line.hpp"

#include <algorithm>

namespace extproof::compiler {
namespace {

constexpr std::string_view k_value_options[] = {
#define EXTPROOF_VALUE_OPTION(text) text,
#include "harness/compiler/value_options.inc"
#undef EXTPROOF_VALUE_OPTION
};

constexpr std::string_view k_linker_value_options[] = {
#define EXTPROOF_LINKER_VALUE_OPTION(text) text,
#include "harness/compiler/linker_value_options.inc"
#undef EXTPROOF_LINKER_VALUE_OPTION
};

// Options that we look into and that may carry their value in the same argument.
constexpr std::string_view k_joined_options[] = {"-D", "-U", "-l", "-o", "-x", "-z"};

enum class Language { none, linker_input, c_family, header, assembler, other };

Language language_of_suffix(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);  // npos + 1 is 0
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos) {
    return Language::linker_input;
  }
  const std::string_view suffix = path.substr(dot + 1);
#define EXTPROOF_SUFFIX(text, language) \
  if (suffix == text) {                 \
    return Language::language;          \
  }
#define EXTPROOF_LANGUAGE(text, language)
#include "harness/compiler/languages.inc"
#undef EXTPROOF_SUFFIX
#undef EXTPROOF_LANGUAGE
  return Language::linker_input;
}

Language language_of_name(std::string_view name) {
  if (name == "none") {
    return Language::none;
  }
#define EXTPROOF_SUFFIX(text, language)
#define EXTPROOF_LANGUAGE(text, language) \
  if (name == text) {                     \
    return Language::language;            \
  }
#include "harness/compiler/languages.inc"
#undef EXTPROOF_SUFFIX
#undef EXTPROOF_LANGUAGE
  return Language::other;
}

bool takes_next_argument(std::string_view option) {
  return std::ranges::find(k_value_options, option) != std::end(k_value_options) ||
         option.starts_with("-Xarch_");
}

bool takes_next_word(std::string_view word) {
  return std::ranges::any_of(k_linker_value_options, [word](std::string_view name) {
    return is_linker_option(word, name);
  });
}

bool is_query(std::string_view option) {
  constexpr std::string_view k_exact[] = {
      "--version",     "-dumpversion", "-dumpmachine", "-dumpspecs", "-dumpfullversion",
      "-###",          "--help",       "-help",        "-cc1",       "-cc1as",
      "--target-help", "--help-hidden"};
  return std::ranges::find(k_exact, option) != std::end(k_exact) || option.starts_with("-print-") ||
         option.starts_with("--print-") || option.starts_with("--help=") ||
         option.starts_with("--autocomplete=");
}

bool only_preprocesses(std::string_view option) {
  constexpr std::string_view k_exact[] = {
      "-E", "-M", "-MM", "--preprocess", "--dependencies", "--user-dependencies"};
  return std::ranges::find(k_exact, option) != std::end(k_exact);
}

bool stops_before_link(std::string_view option) {
  constexpr std::string_view k_exact[] = {
      "-c", "-S", "-fsyntax-only", "--compile", "--assemble", "--precompile", "-emit-ast"};
  return std::ranges::find(k_exact, option) != std::end(k_exact);
}

LinkOutput link_output(const Arguments& arguments) {
  constexpr std::string_view k_relocatable[] = {"-r", "-relocatable", "-Ur"};
  constexpr std::string_view k_shared[] = {"-shared", "-Bshareable", "-bundle", "-dynamiclib"};
  const auto is_any = [](std::string_view word, const auto& names) {
    return std::ranges::any_of(
        names, [word](std::string_view name) { return is_linker_option(word, name); });
  };
  LinkOutput found = LinkOutput::executable;
  const auto look_at = [&](std::string_view word) {
    if (is_any(word, k_relocatable)) {
      found = LinkOutput::relocatable;
    } else if (found == LinkOutput::executable && is_any(word, k_shared)) {
      found = LinkOutput::shared;
    }
  };
  for (const Argument& argument : arguments.list) {
    if (!argument.input && argument.count == 1) {
      look_at(argument.option);
    }
  }
  for (const LinkerWord& word : linker_words(arguments)) {
    if (!word.is_value) {
      look_at(word.text);
    }
  }
  return found;
}

}  // namespace

Driver driver_of(std::string_view called_as) {
  called_as.remove_prefix(called_as.rfind('/') + 1);
  return called_as.find("++") == std::string_view::npos ? Driver::c : Driver::cxx;
}

bool is_linker_option(std::string_view word, std::string_view name) {
  if (word == name) {
    return true;
  }
  // One-letter options have no form with two dashes.
  return name.size() > 2 && word.starts_with("--") && word.substr(1) == name;
}

Arguments parse_arguments(const std::vector<std::string>& args) {
  Arguments result{.list = {}, .end_of_options = args.size()};
  result.list.reserve(args.size());
  bool options_are_over = false;
  for (std::size_t at = 0; at < args.size(); ++at) {
    const std::string_view text = args[at];
    Argument argument{.first = at, .count = 1, .option = text};
    if (options_are_over || text == "-" || !text.starts_with('-')) {
      argument.option = {};
      argument.value = text;
      argument.input = true;
    } else if (text == "--") {
      options_are_over = true;
      result.end_of_options = at;
    } else if (takes_next_argument(text)) {
      if (at + 1 == args.size()) {
        result.value_is_missing = true;
      } else {
        argument.count = 2;
        argument.value = args[++at];
      }
    } else {
      for (const std::string_view option : k_joined_options) {
        if (text.starts_with(option)) {
          argument.option = option;
          argument.value = text.substr(option.size());
        }
      }
    }
    result.list.push_back(argument);
  }
  return result;
}

std::vector<LinkerWord> linker_words(const Arguments& arguments) {
  std::vector<LinkerWord> words;
  bool value_follows = false;
  const auto add = [&](std::size_t argument, std::string_view text) {
    words.push_back({.argument = argument, .text = text, .is_value = value_follows});
    value_follows = !value_follows && takes_next_word(text);
  };
  for (std::size_t at = 0; at < arguments.list.size(); ++at) {
    const Argument& argument = arguments.list[at];
    if (argument.input) {
      continue;
    }
    if (argument.option.starts_with("-Wl,")) {
      for_each_element(argument.option, [&](std::string_view element) { add(at, element); });
    } else if (argument.option == "-Xlinker" && argument.count == 2) {
      add(at, argument.value);
    } else if (argument.option == "-z" && !argument.value.empty()) {
      value_follows = false;
      add(at, "-z");
      add(at, argument.value);
    }
  }
  return words;
}

CommandLine classify(const std::vector<std::string>& args, const Arguments& arguments) {
  CommandLine result;
  bool preprocess = false;
  bool stop = false;
  bool object_wanted = false;
  bool stops_earlier = false;  // -S and the like win over -c
  bool verbose = false;
  bool unreadable = arguments.value_is_missing;
  bool any_input = false;
  std::size_t assembler = 0;
  std::size_t other = 0;
  Language language = Language::none;
  for (const Argument& argument : arguments.list) {
    if (!argument.input) {
      if (is_query(argument.option)) {
        return {.kind = Kind::query};
      }
      preprocess = preprocess || only_preprocesses(argument.option);
      stop = stop || stops_before_link(argument.option);
      verbose = verbose || argument.option == "-v" || argument.option == "--verbose";
      const bool to_object = argument.option == "-c" || argument.option == "--compile";
      object_wanted = object_wanted || to_object;
      result.is_without_libraries = result.is_without_libraries ||
                                    argument.option == "-nodefaultlibs" ||
                                    argument.option == "-nostdlib";
      stops_earlier = stops_earlier || (!to_object && stops_before_link(argument.option));
      if (argument.option == "-x" || argument.option == "--language") {
        language = language_of_name(argument.value);
      } else if (argument.option.starts_with("--language=")) {
        language = language_of_name(argument.option.substr(11));
      } else if (argument.option == "-o" || argument.option == "--output") {
        result.output = argument.value;
      } else if (argument.option.starts_with("--output=")) {
        result.output = argument.option.substr(9);
      }
      continue;
    }
    any_input = true;
    Language here = language;
    if (here == Language::none) {
      here = language_of_suffix(argument.value);
      // The driver refuses its standard input without -x, unless it only preprocesses.
      unreadable = unreadable || argument.value == "-";
    }
    switch (here) {
      case Language::header:
        stop = true;
        [[fallthrough]];
      case Language::c_family:
        result.sources.push_back(argument.value);
        break;
      case Language::assembler:
        ++assembler;
        break;
      case Language::other:
        ++other;
        break;
      case Language::none:
      case Language::linker_input:
        break;
    }
  }
  result.to_object = object_wanted && !stops_earlier;
  result.language_is_set = language != Language::none;

  const bool has_sources = !result.sources.empty();
  if (args.empty() || !any_input) {
    result.kind = verbose && !preprocess ? Kind::query : Kind::nothing;
  } else if (preprocess) {
    result.kind = Kind::preprocess;
  } else if (unreadable) {
    result.kind = Kind::nothing;
  } else if (other > 0) {
    result.kind = Kind::other_language;
  } else if (stop) {
    result.kind = has_sources ? Kind::compile : assembler > 0 ? Kind::assemble : Kind::nothing;
  } else {
    result.output_kind = link_output(arguments);
    if (result.output_kind == LinkOutput::relocatable) {
      result.kind = has_sources ? Kind::compile : Kind::relocatable;
    } else {
      result.kind = has_sources ? Kind::compile_and_link : Kind::link;
    }
  }
  if (!compiles(result.kind)) {
    result.sources.clear();
  }
  return result;
}

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::query:
      return "query";
    case Kind::preprocess:
      return "preprocess";
    case Kind::assemble:
      return "assemble";
    case Kind::compile:
      return "compile";
    case Kind::link:
      return "link";
    case Kind::compile_and_link:
      return "compile-and-link";
    case Kind::relocatable:
      return "relocatable";
    case Kind::other_language:
      return "other-language";
    case Kind::nothing:
      return "nothing";
  }
  return "";
}

}  // namespace extproof::compiler
