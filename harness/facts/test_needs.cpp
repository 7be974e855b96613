// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/test_needs.hpp"

#include <algorithm>
#include <array>

namespace extproof::facts {
namespace {

struct Row {
  std::string_view word;
  std::string_view distribution;
};

constexpr auto k_imports = std::to_array<Row>({
#define EXTPROOF_IMPORT(module, distribution) {module, distribution},
#define EXTPROOF_PYTEST_OPTION(option, distribution)
#define EXTPROOF_PYTEST_MARK(mark, distribution)
#include "harness/facts/test_needs.inc"
#undef EXTPROOF_IMPORT
#undef EXTPROOF_PYTEST_OPTION
#undef EXTPROOF_PYTEST_MARK
});

constexpr auto k_options = std::to_array<Row>({
#define EXTPROOF_IMPORT(module, distribution)
#define EXTPROOF_PYTEST_OPTION(option, distribution) {option, distribution},
#define EXTPROOF_PYTEST_MARK(mark, distribution)
#include "harness/facts/test_needs.inc"
#undef EXTPROOF_IMPORT
#undef EXTPROOF_PYTEST_OPTION
#undef EXTPROOF_PYTEST_MARK
});

constexpr auto k_marks = std::to_array<Row>({
#define EXTPROOF_IMPORT(module, distribution)
#define EXTPROOF_PYTEST_OPTION(option, distribution)
#define EXTPROOF_PYTEST_MARK(mark, distribution) {mark, distribution},
#include "harness/facts/test_needs.inc"
#undef EXTPROOF_IMPORT
#undef EXTPROOF_PYTEST_OPTION
#undef EXTPROOF_PYTEST_MARK
});

// Those of 3.8 to 3.15, each with a space on both sides.
constexpr std::string_view k_standard =
    " "
    "abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore "
    "atexit audioop base64 bdb binascii binhex bisect builtins bz2 cProfile calendar cgi "
    "cgitb chunk cmath cmd code codecs codeop collections colorsys compileall compression "
    "concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses "
    "dataclasses datetime dbm decimal difflib dis distutils doctest email encodings "
    "ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib "
    "functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq "
    "hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools "
    "json keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math "
    "mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath "
    "nturl2path numbers opcode operator optparse os ossaudiodev pathlib pdb pickle "
    "pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile "
    "profiling pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri "
    "random re readline reprlib resource rlcompleter runpy sched secrets select selectors "
    "shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 "
    "sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct "
    "subprocess sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile "
    "termios test textwrap this threading time timeit tkinter token tokenize tomllib trace "
    "traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib "
    "uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml "
    "xmlrpc zipapp zipfile zipimport zlib zoneinfo ";

template <class Rows>
std::string_view found_in(const Rows& rows, std::string_view word) {
  const auto row =
      std::find_if(rows.begin(), rows.end(), [&](const Row& one) { return one.word == word; });
  return row == rows.end() ? std::string_view() : row->distribution;
}

}  // namespace

bool is_standard_module(std::string_view module) {
  if (module.empty() || module.find(' ') != std::string_view::npos) {
    return false;
  }
  for (std::size_t at = k_standard.find(module); at != std::string_view::npos;
       at = k_standard.find(module, at + 1)) {
    if (k_standard[at - 1] == ' ' && k_standard[at + module.size()] == ' ') {
      return true;
    }
  }
  return false;
}

std::string_view distribution_of_import(std::string_view module) {
  return found_in(k_imports, module);
}

std::string_view plugin_of_option(std::string_view option) {
  return found_in(k_options, option);
}

std::string_view plugin_of_mark(std::string_view mark) {
  return found_in(k_marks, mark);
}

}  // namespace extproof::facts
