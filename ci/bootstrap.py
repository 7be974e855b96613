# SPDX-License-Identifier: Apache-2.0
"""Makes a Debian or Ubuntu machine ready for extproof, then runs a command.

    ./ci/bootstrap CMD...

Installs the system packages that are missing, makes `.venv` at the root with nox and extproof in
it, and runs CMD with `.venv/bin` in front of PATH. A second call finds everything there and adds
under 3 seconds. Without root it says what to install and changes nothing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")

# Package, and the reason why it is here.
PACKAGES = {
    "build-essential": "gcc lane and our own build",
    "ccache": "rebuilds of what did not change",
    "clang-19": "the compiler that the sanitizer lanes prefer",
    "clang-format-19": "nox -s lint",
    "clang-tidy-19": "nox -s lint",
    "cmake": "our own build",
    "gdb": "extproof debug and its tests",
    "git": "version control of the tested projects",
    "libcli11-dev": "command line",
    "libclang-rt-19-dev": "sanitizer runtimes",
    "libfmt-dev": "text",
    "libgmock-dev": "our own tests",
    "libgtest-dev": "our own tests",
    "libpugixml-dev": "JUnit XML",
    "libsqlite3-dev": "the store",
    "libtomlplusplus-dev": "configuration",
    "libxxhash-dev": "digests",
    "llvm-19": "llvm-symbolizer",
    "ninja-build": "our own build",
    "nlohmann-json3-dev": "JSON",
    "python3-dev": "headers of the system's Python",
    "python3-venv": "the environment .venv",
}

TOOLS = ["nox", "uv", "scikit-build-core>=0.11", "pytest>=8", "ruff", "jsonschema", "pybind11>=3"]

# What the installed program is made of; nothing else in the tree needs a new install.
SOURCES = ("CMakeLists.txt", "CMakePresets.json", "pyproject.toml", "README.md", "harness",
           "sanitizers")


class Phase:
    """Prints how long a phase took, when it took any time worth telling."""

    def __init__(self, name):
        self._name = name

    def __enter__(self):
        self._begin = time.monotonic()

    def __exit__(self, kind, value, trace):
        seconds = time.monotonic() - self._begin
        if seconds >= 0.5:
            print("bootstrap: %-16s %6.1f s" % (self._name, seconds), file=sys.stderr, flush=True)


def run(argv, **more):
    """Runs a command of ours; its failure ends the bootstrap with the command's words."""
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
    if done.returncode != 0:
        sys.stderr.write(done.stdout.decode("utf-8", "replace"))
        sys.exit("bootstrap: \"%s\" ended with %d" % (" ".join(argv), done.returncode))


def missing_packages():
    argv = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev}\n", *PACKAGES]
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    there = {line.split()[0] for line in lines if line.split()[1:2] == ["ii"]}
    return sorted(set(PACKAGES) - there)


def install_packages():
    if shutil.which("dpkg-query") is None:
        print("bootstrap: this is no Debian or Ubuntu; these are needed by whatever name: "
              + ", ".join(sorted(PACKAGES)), file=sys.stderr)
        return
    missing = missing_packages()
    if not missing:
        return
    if os.geteuid() != 0:
        sys.exit("bootstrap: these packages are missing, and installing them needs root:\n"
                 "  sudo apt-get install --no-install-recommends " + " ".join(missing))
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    run(["apt-get", "update", "-qq"], env=environment)
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], env=environment)


def stamp_is(name, value):
    path = os.path.join(VENV, name)
    try:
        with open(path, encoding="ascii") as stamp:
            return stamp.read() == value
    except OSError:
        return False


def write_stamp(name, value):
    with open(os.path.join(VENV, name), "w", encoding="ascii") as stamp:
        stamp.write(value)


def program(name):
    return os.path.join(VENV, "bin", name)


def make_environment():
    wanted = hashlib.sha256("\n".join([sys.version, *TOOLS]).encode()).hexdigest()
    if stamp_is(".extproof-tools", wanted):
        return
    run([sys.executable, "-m", "venv", "--clear", VENV])
    run([program("python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", *TOOLS])
    write_stamp(".extproof-tools", wanted)


def digest_of_sources():
    """Changes with every edit of a file that the installed program is made of."""
    state = hashlib.sha256()
    for source in SOURCES:
        path = os.path.join(ROOT, source)
        files = [path]
        if os.path.isdir(path):
            files = [os.path.join(folder, name) for folder, _, names in sorted(os.walk(path))
                     for name in sorted(names) if not folder.endswith("__pycache__")]
        for file in files:
            if os.path.exists(file):
                status = os.stat(file)
                line = "%s %d %d\n" % (file, status.st_size, status.st_mtime_ns)
                state.update(line.encode("utf-8", "surrogateescape"))
    return state.hexdigest()


def install_extproof():
    wanted = digest_of_sources()
    if stamp_is(".extproof-installed", wanted):
        return
    environment = dict(os.environ)
    if shutil.which("ccache"):
        environment["CMAKE_CXX_COMPILER_LAUNCHER"] = "ccache"
        environment["CMAKE_C_COMPILER_LAUNCHER"] = "ccache"
        # Relative to the clone, so that another clone on the same machine finds the same objects.
        environment["CCACHE_BASEDIR"] = ROOT
        environment["CCACHE_NOHASHDIR"] = "1"
    # Not isolated: the backend is in the environment, and the build folder is kept.
    run([program("python"), "-m", "pip", "install", "-q", "--disable-pip-version-check",
         "--no-build-isolation", "--no-deps", "--force-reinstall", ROOT], env=environment)
    write_stamp(".extproof-installed", wanted)


def main():
    with Phase("packages"):
        install_packages()
    with Phase("environment"):
        make_environment()
    with Phase("extproof"):
        install_extproof()
    command = sys.argv[1:]
    if not command:
        return
    environment = dict(os.environ, VIRTUAL_ENV=VENV)
    environment["PATH"] = os.path.join(VENV, "bin") + os.pathsep + environment.get("PATH", "")
    os.chdir(ROOT)
    os.execvpe(command[0], command, environment)


if __name__ == "__main__":
    main()
