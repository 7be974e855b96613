// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/init_text.hpp"

#include <algorithm>

#include "harness/base/text.hpp"

namespace extproof::cli {
namespace {

struct Row {
  std::string label;
  std::string text;
};

std::string table(const std::string& title, const std::vector<Row>& rows) {
  std::size_t width = 0;
  for (const Row& row : rows) {
    width = std::max(width, base::escape_line(row.label).size());
  }
  std::string text = rows.empty() ? "" : title + "\n";
  for (const Row& row : rows) {
    std::string label = base::escape_line(row.label);
    label.resize(std::max(width, label.size()) + 2, ' ');
    text += "  " + label + base::escape_line(row.text) + "\n";
  }
  return text;
}

// Line by line, so that it can be taken as it is and still shows no control character.
std::string escaped_lines(const std::string& text) {
  std::string all;
  for (const std::string_view line : base::lines(text)) {
    all += base::escape_line(line) + "\n";
  }
  return all;
}

}  // namespace

std::string render_init(const engines::init::Plan& plan, const std::string& root,
                        const std::string& named) {
  std::vector<Row> detected;
  for (const engines::init::Detected& one : plan.detected) {
    detected.push_back({one.label, one.text});
  }
  std::vector<Row> written;
  for (const engines::init::FileToWrite& file : plan.files) {
    written.push_back({file.path, file.what});
  }
  std::vector<Row> left;
  for (const engines::init::LeftAlone& one : plan.left_alone) {
    left.push_back({one.path, one.why});
  }
  std::string text = table("detected in " + base::escape_line(root), detected) + "\n";
  text += written.empty() ? "nothing was written\n" : table("written", written);
  text += left.empty() ? "" : "\n" + table("left alone", left);
  for (const engines::init::LeftAlone& one : plan.left_alone) {
    if (!one.by_hand.empty()) {
      text += "\nto be added by hand, for " + base::escape_line(one.path) + ":\n\n" +
              escaped_lines(one.by_hand);
    }
  }
  std::vector<std::string> next = {"extproof", "run"};
  if (!named.empty()) {
    next.insert(next.end(), {"--project", named});
  }
  return text + "\nnext\n  " + base::escape_line(base::render_command(next)) + "\n";
}

facts::Refusal unwritable_file(const std::string& root, const std::string& path,
                               const std::string& said) {
  const bool is_inside = path.starts_with(root + "/");
  return {.code = "XP1106",
          .headline = "\"" + (is_inside ? path.substr(root.size() + 1) : path) +
                      "\" cannot be written: " + said,
          .place = path,
          .notes = {{"so", "nothing was written; what came before it was taken back"},
                    {"try", "extproof init in a copy that you can write to"}}};
}

}  // namespace extproof::cli
