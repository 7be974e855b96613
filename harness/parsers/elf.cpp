// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/elf.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "harness/parsers/producer.hpp"

namespace extproof::parsers {
namespace {

// Numbers of the format, named as its specification names them.
constexpr std::uint32_t k_pt_load = 1;
constexpr std::uint32_t k_pt_dynamic = 2;
constexpr std::uint32_t k_pt_note = 4;
constexpr std::uint32_t k_sht_nobits = 8;
constexpr std::uint32_t k_sht_dynsym = 11;
constexpr std::uint64_t k_shf_compressed = 0x800;
constexpr std::uint64_t k_dt_null = 0;
constexpr std::uint64_t k_dt_needed = 1;
constexpr std::uint64_t k_dt_strtab = 5;
constexpr std::uint64_t k_dt_symtab = 6;
constexpr std::uint64_t k_dt_strsz = 10;
constexpr std::uint64_t k_dt_soname = 14;
constexpr std::uint64_t k_dt_rpath = 15;
constexpr std::uint64_t k_dt_runpath = 29;
constexpr std::uint64_t k_dt_gnu_hash = 0x6ffffef5;
constexpr std::uint32_t k_nt_gnu_build_id = 3;
constexpr std::uint64_t k_shn_xindex = 0xffff;

// Thrown inside this file only: the alternative is a check after each of a hundred reads.
struct Outside {
  const char* what;
};

// Fields at fixed places. A field's place differs between the two classes, so both are given.
class Bytes {
 public:
  Bytes(std::string_view bytes, bool wide, bool big) : bytes_(bytes), wide_(wide), big_(big) {}

  bool wide() const { return wide_; }
  std::uint64_t size() const { return bytes_.size(); }
  std::uint64_t choose(std::uint64_t narrow, std::uint64_t wide) const {
    return wide_ ? wide : narrow;
  }

  std::string_view piece(std::uint64_t offset, std::uint64_t size, const char* what) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset) {
      throw Outside{what};
    }
    return bytes_.substr(offset, size);
  }
  std::uint64_t number(std::uint64_t offset, unsigned width, const char* what) const {
    const std::string_view found = piece(offset, width, what);
    std::uint64_t value = 0;
    for (unsigned i = 0; i < width; ++i) {
      const auto byte = static_cast<unsigned char>(found[big_ ? i : width - 1 - i]);
      value = value << 8U | byte;
    }
    return value;
  }
  std::uint16_t half(std::uint64_t offset, const char* what) const {
    return static_cast<std::uint16_t>(number(offset, 2, what));
  }
  std::uint32_t word(std::uint64_t offset, const char* what) const {
    return static_cast<std::uint32_t>(number(offset, 4, what));
  }
  // An address, offset or size: 4 bytes or 8.
  std::uint64_t address(std::uint64_t offset, const char* what) const {
    return number(offset, wide_ ? 8 : 4, what);
  }

 private:
  std::string_view bytes_;
  bool wide_;
  bool big_;
};

struct Segment {
  std::uint32_t type;
  std::uint64_t offset;
  std::uint64_t address;
  std::uint64_t size;
};

struct Section {
  std::uint32_t name;
  std::uint32_t type;
  std::uint64_t flags;
  std::uint64_t offset;
  std::uint64_t size;
  std::uint32_t link;
};

class Reader {
 public:
  explicit Reader(const Bytes& bytes) : bytes_(bytes), names_left_(8 * bytes.size()) {}

  ElfObject read() {
    read_segments();
    read_sections();
    read_build_id();
    read_dynamic();
    return std::move(object_);
  }

 private:
  void read_segments() {
    const std::uint64_t table = bytes_.address(bytes_.choose(28, 32), "the file header");
    const std::uint64_t size = bytes_.half(bytes_.choose(42, 54), "the file header");
    const std::uint64_t count = bytes_.half(bytes_.choose(44, 56), "the file header");
    const char* const what = "the program headers";
    if (count > 0 && size < bytes_.choose(32, 56)) {
      throw Outside{what};
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t at = place(table, i, size, what);
      bytes_.piece(at, bytes_.choose(32, 56), what);
      segments_.push_back({bytes_.word(at, what), bytes_.address(at + bytes_.choose(4, 8), what),
                           bytes_.address(at + bytes_.choose(8, 16), what),
                           bytes_.address(at + bytes_.choose(16, 32), what)});
    }
  }

  // Names may share their bytes, so a small file could ask for any amount of memory: what an honest
  // one shares is far below the budget.
  std::string text_at(std::string_view table, std::uint64_t offset) {
    if (offset >= table.size()) {
      throw Outside{"a name"};
    }
    const std::size_t end = table.find('\0', offset);
    if (end == table.npos) {
      throw Outside{"the end of a name"};
    }
    if (end - offset > names_left_) {
      throw Outside{"what its names add up to"};
    }
    names_left_ -= end - offset;
    return std::string(table.substr(offset, end - offset));
  }

  // The place of an entry of a table, checked before it is added up, which could overflow.
  std::uint64_t place(std::uint64_t table, std::uint64_t index, std::uint64_t size,
                      const char* what) const {
    bytes_.piece(table, 0, what);
    bytes_.piece(table + index * size, 0, what);
    return table + index * size;
  }

  Section section_at(std::uint64_t at) const {
    const char* const what = "the section headers";
    bytes_.piece(at, bytes_.choose(40, 64), what);
    return {bytes_.word(at, what),
            bytes_.word(at + 4, what),
            bytes_.address(at + 8, what),
            bytes_.address(at + bytes_.choose(16, 24), what),
            bytes_.address(at + bytes_.choose(20, 32), what),
            bytes_.word(at + bytes_.choose(24, 40), what)};
  }

  void read_sections() {
    const char* const what = "the section headers";
    const std::uint64_t table = bytes_.address(bytes_.choose(32, 40), "the file header");
    const std::uint64_t size = bytes_.half(bytes_.choose(46, 58), "the file header");
    std::uint64_t count = bytes_.half(bytes_.choose(48, 60), "the file header");
    std::uint64_t names_index = bytes_.half(bytes_.choose(50, 62), "the file header");
    if (table == 0) {
      return;
    }
    if (size < bytes_.choose(40, 64)) {
      throw Outside{what};
    }
    const Section first = section_at(place(table, 0, size, what));
    count = count == 0 ? first.size : count;  // too many for the header's field
    names_index = names_index == k_shn_xindex ? first.link : names_index;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t at = table + i * size;
      // Each entry is inside the file, so a count that lies ends here and not in memory.
      sections_.push_back(section_at(at));
    }
    if (names_index >= sections_.size()) {
      return;
    }
    const Section& names = sections_[names_index];
    const std::string_view text = bytes_.piece(names.offset, names.size, "the section names");
    for (const Section& section : sections_) {
      const std::string name = text_at(text, section.name);
      object_.has_debug_lines |= section.type != k_sht_nobits && section.size > 0 &&
                                 (name == ".debug_line" || name == ".zdebug_line");
      if (name == ".debug_str" && section.type != k_sht_nobits &&
          (section.flags & k_shf_compressed) == 0) {
        read_producers(bytes_.piece(section.offset, section.size, "the debug strings"));
      }
    }
  }

  // The linker keeps each text of the units once, so the texts themselves tell what is asked, and
  // the tables that refer to them need not be read.
  void read_producers(std::string_view texts) {
    std::vector<std::string>& all = object_.producers;
    while (!texts.empty()) {
      const std::size_t end = std::min(texts.find('\0'), texts.size());
      if (is_producer(texts.substr(0, end))) {
        all.emplace_back(texts.substr(0, end));
      }
      texts.remove_prefix(std::min(end + 1, texts.size()));
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
  }

  void read_build_id() {
    for (const Segment& segment : segments_) {
      if (segment.type == k_pt_note && object_.build_id.empty()) {
        read_notes(segment);
      }
    }
  }

  void read_notes(const Segment& segment) {
    const char* const what = "a note";
    bytes_.piece(segment.offset, segment.size, what);
    const auto padded = [](std::uint64_t size) { return (size + 3) / 4 * 4; };
    std::uint64_t at = segment.offset;
    const std::uint64_t end = segment.offset + segment.size;
    while (at + 12 <= end) {
      const std::uint64_t name_size = bytes_.word(at, what);
      const std::uint64_t size = bytes_.word(at + 4, what);
      const std::uint32_t type = bytes_.word(at + 8, what);
      const std::string_view name = bytes_.piece(at + 12, name_size, what);
      const std::string_view value = bytes_.piece(at + 12 + padded(name_size), size, what);
      if (type == k_nt_gnu_build_id && name == std::string_view("GNU\0", 4)) {
        constexpr std::string_view k_digits = "0123456789abcdef";
        for (const char c : value) {
          const auto byte = static_cast<unsigned char>(c);
          object_.build_id += k_digits[byte >> 4U];
          object_.build_id += k_digits[byte & 15U];
        }
        return;
      }
      at += 12 + padded(name_size) + padded(size);
    }
  }

  // Where in the file an address of the loaded program is.
  std::uint64_t offset_of(std::uint64_t address) const {
    for (const Segment& segment : segments_) {
      if (segment.type == k_pt_load && address >= segment.address &&
          address - segment.address < segment.size) {
        const std::uint64_t inside = address - segment.address;
        bytes_.piece(segment.offset, segment.size, "a segment");
        return segment.offset + inside;
      }
    }
    throw Outside{"an address of the dynamic section"};
  }

  void read_dynamic() {
    for (const Segment& segment : segments_) {
      if (segment.type == k_pt_dynamic) {
        read_dynamic_entries(segment);
        return;
      }
    }
  }

  void read_dynamic_entries(const Segment& segment) {
    const char* const what = "the dynamic section";
    bytes_.piece(segment.offset, segment.size, what);
    const std::uint64_t entry = bytes_.choose(8, 16);
    std::vector<std::uint64_t> needed;
    std::optional<std::uint64_t> soname, runpath, rpath, strings, strings_size, symbols, hash;
    for (std::uint64_t at = 0; at + entry <= segment.size; at += entry) {
      const std::uint64_t tag = bytes_.address(segment.offset + at, what);
      const std::uint64_t value = bytes_.address(segment.offset + at + entry / 2, what);
      if (tag == k_dt_null) {
        break;
      }
      switch (tag) {
        case k_dt_needed:
          needed.push_back(value);
          break;
        case k_dt_soname:
          soname = value;
          break;
        case k_dt_runpath:
          runpath = value;
          break;
        case k_dt_rpath:
          rpath = value;
          break;
        case k_dt_strtab:
          strings = value;
          break;
        case k_dt_strsz:
          strings_size = value;
          break;
        case k_dt_symtab:
          symbols = value;
          break;
        case k_dt_gnu_hash:
          hash = value;
          break;
        default:
          break;
      }
    }
    if (!strings || !strings_size) {
      return;
    }
    const std::string_view table =
        bytes_.piece(offset_of(*strings), *strings_size, "the dynamic names");
    for (const std::uint64_t name : needed) {
      object_.needed.push_back(text_at(table, name));
    }
    object_.soname = soname ? text_at(table, *soname) : "";
    object_.runpath = runpath ? text_at(table, *runpath) : rpath ? text_at(table, *rpath) : "";
    if (symbols) {
      read_symbols(offset_of(*symbols), symbol_count(hash), table);
    }
  }

  // The dynamic section does not say it. The section headers do; where they were stripped, the
  // table for look-ups says at least how many symbols come before those that are defined.
  std::uint64_t symbol_count(const std::optional<std::uint64_t>& hash) const {
    for (const Section& section : sections_) {
      if (section.type == k_sht_dynsym) {
        return section.size / bytes_.choose(16, 24);
      }
    }
    return hash ? bytes_.word(offset_of(*hash) + 4, "the hash table") : 0;
  }

  void read_symbols(std::uint64_t offset, std::uint64_t count, std::string_view names) {
    const char* const what = "the dynamic symbols";
    const std::uint64_t size = bytes_.choose(16, 24);
    for (std::uint64_t i = 1; i < count; ++i) {  // the first is empty by definition
      const std::uint64_t at = offset + i * size;
      const std::uint32_t name = bytes_.word(at, what);
      const std::uint16_t section = bytes_.half(at + bytes_.choose(14, 6), what);
      if (name != 0) {
        (section == 0 ? object_.undefined : object_.defined).push_back(text_at(names, name));
      }
    }
    std::sort(object_.undefined.begin(), object_.undefined.end());
    std::sort(object_.defined.begin(), object_.defined.end());
  }

  const Bytes& bytes_;
  std::uint64_t names_left_;
  ElfObject object_;
  std::vector<Segment> segments_;
  std::vector<Section> sections_;
};

}  // namespace

base::Result<ElfObject, ElfProblem> parse_elf(std::string_view bytes) {
  constexpr std::string_view k_magic =
      "\x7f"
      "ELF";
  constexpr std::size_t k_ident_size = 16;
  if (bytes.size() < k_ident_size || !bytes.starts_with(k_magic)) {
    return base::Failure{ElfProblem{"it is no ELF file"}};
  }
  const char width = bytes[4];
  const char order = bytes[5];
  if ((width != 1 && width != 2) || (order != 1 && order != 2)) {
    return base::Failure{ElfProblem{"it is an ELF file of an unknown kind"}};
  }
  try {
    const Bytes reading(bytes, width == 2, order == 2);
    return Reader(reading).read();
  } catch (const Outside& outside) {
    return base::Failure{ElfProblem{std::string(outside.what) + " would be outside of the file"}};
  }
}

}  // namespace extproof::parsers
