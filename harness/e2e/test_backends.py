# SPDX-License-Identifier: Apache-2.0
"""Build backends other than setuptools: both languages, and what an edit builds anew."""

import json
import pathlib
import shutil

import pytest

CORE = """
    #define PY_SSIZE_T_CLEAN
    #include <Python.h>
    #include <stdlib.h>
    static PyObject *spill(PyObject *self, PyObject *arg) {
      volatile long index = PyLong_AsLong(arg);
      char *block = malloc(36);
      block[index] = 1;
      volatile char seen = block[0];
      (void)seen;
      free(block);
      Py_RETURN_NONE;
    }
    static PyMethodDef methods[] = {{"spill", spill, METH_O, NULL}, {NULL, NULL, 0, NULL}};
    static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_core", NULL, -1, methods};
    PyMODINIT_FUNC PyInit__core(void) { return PyModule_Create(&module); }
"""

MORE = """
    #define PY_SSIZE_T_CLEAN
    #include <Python.h>
    #include <vector>
    static PyObject *shift(PyObject *, PyObject *arg) {
      std::vector<int> one(1, 1);
      return PyLong_FromLong(one[0] << PyLong_AsLong(arg));
    }
    static PyMethodDef methods[] = {{"shift", shift, METH_O, nullptr},
                                    {nullptr, nullptr, 0, nullptr}};
    static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_more", nullptr, -1, methods};
    PyMODINIT_FUNC PyInit__more(void) { return PyModule_Create(&module); }
"""

TESTS = """
    import spam

    def test_spill():
        spam._core.spill(36)

    def test_shift():
        spam._more.shift(40)
"""

PYPROJECT = """
    [build-system]
    requires = ["%s"]
    build-backend = "%s"
    [project]
    name = "spam"
    version = "1.0"
    [tool.extproof]
    compiler = "%s"
"""

MESON = """
    project('spam', 'c', 'cpp', version: '1.0',
            default_options: ['cpp_std=c++17', 'buildtype=release', 'b_ndebug=true', 'strip=true'])
    python = import('python').find_installation(pure: false)
    python.extension_module('_core', 'native/core.c', subdir: 'spam', install: true)
    python.extension_module('_more', 'native/more.cpp', subdir: 'spam', install: true)
    python.install_sources('spam/__init__.py', subdir: 'spam')
"""

CMAKE = """
    cmake_minimum_required(VERSION 3.20)
    project(spam LANGUAGES C CXX)
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
    find_package(Python COMPONENTS Interpreter Development.Module REQUIRED)
    python_add_library(_core MODULE WITH_SOABI native/core.c)
    python_add_library(_more MODULE WITH_SOABI native/more.cpp)
    install(TARGETS _core _more DESTINATION spam)
"""

# A C++ library with bindings, as such projects install them: the library below the prefix, the
# modules in a folder of site-packages from which they find it again.
PLAIN_CMAKE = """
    cmake_minimum_required(VERSION 3.20)
    project(spam VERSION 1.0 LANGUAGES C CXX)
    set(CMAKE_BUILD_TYPE Release)
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
    find_package(Python COMPONENTS Interpreter Development.Module REQUIRED)
    add_library(grain SHARED native/grain.cpp)
    python_add_library(_core MODULE WITH_SOABI native/core.c)
    python_add_library(_more MODULE WITH_SOABI native/more.cpp)
    target_link_libraries(_more PRIVATE grain)
    target_link_options(_core PRIVATE -s)
    add_custom_command(TARGET _more POST_BUILD
                       COMMAND ${CMAKE_STRIP} $<TARGET_FILE:_more> VERBATIM)
    set(site lib/python${Python_VERSION_MAJOR}.${Python_VERSION_MINOR}/site-packages)
    set_target_properties(_core _more PROPERTIES INSTALL_RPATH "$ORIGIN/../../..")
    install(TARGETS grain)
    install(TARGETS _core _more DESTINATION ${site}/spam)
    install(FILES python/spam/__init__.py DESTINATION ${site}/spam)
    install(FILES spam.conf DESTINATION /etc/extproof-e2e-spam)
"""

GRAIN = """
    int shifted(int value, long by) { return value << by; }
"""

LINKED = """
    #define PY_SSIZE_T_CLEAN
    #include <Python.h>
    int shifted(int value, long by);
    static PyObject *shift(PyObject *, PyObject *arg) {
      return PyLong_FromLong(shifted(1, PyLong_AsLong(arg)));
    }
    static PyMethodDef methods[] = {{"shift", shift, METH_O, nullptr},
                                    {nullptr, nullptr, 0, nullptr}};
    static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_more", nullptr, -1, methods};
    PyMODINIT_FUNC PyInit__more(void) { return PyModule_Create(&module); }
"""

# Where projects leave their modules, with the Python that imports them.
SCATTERED = {
    # Beside a copy of the package in the build folder: PYTHONPATH=build/python.
    "copied": ("""
        set_target_properties(_core PROPERTIES
            LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/python/spam)
        configure_file(python/spam/__init__.py python/spam/__init__.py COPYONLY)
        configure_file(python/version.py.in python/spam/version.py)
        """, "from . import _core, version\n"),
    # Alone in the build folder: PYTHONPATH=build:python. The build itself imports it, as one that
    # makes stubs does.
    "alone": ("""
        add_custom_command(TARGET _core POST_BUILD COMMAND ${Python3_EXECUTABLE} -c "import _core"
                           WORKING_DIRECTORY $<TARGET_FILE_DIR:_core> VERBATIM)
        """, "import _core\n"),
    # Among the sources: PYTHONPATH=python.
    "in-source": ("""
        set_target_properties(_core PROPERTIES
            LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/python/spam)
        """, "from . import _core\n"),
    # Where Python says that modules belong, an absolute path; the package is in the tree alone.
    "absolute": ("install(TARGETS _core DESTINATION ${Python_SITEARCH}/spam)",
                 "from . import _core\n"),
}

SCIKIT = """
    [tool.scikit-build]
    cmake.build-type = "Release"
    install.strip = true
    wheel.packages = ["spam"]
"""


def files_of(backend, compiler):
    if backend == "meson-python":
        build = {"meson.build": MESON,
                 "pyproject.toml": PYPROJECT % ("meson-python", "mesonpy", compiler)}
    else:
        build = {"CMakeLists.txt": CMAKE,
                 "pyproject.toml": PYPROJECT % ("scikit-build-core", "scikit_build_core.build",
                                                compiler) + SCIKIT}
    return {
        "setup.py": None,
        "spam.c": None,
        "native/core.c": CORE,
        "native/more.cpp": MORE,
        "spam/__init__.py": "from . import _core, _more\n",
        **build,
    }


def plain_cmake(compiler):
    return {
        "setup.py": None,
        "spam.c": None,
        "CMakeLists.txt": PLAIN_CMAKE,
        "native/core.c": CORE,
        "native/more.cpp": LINKED,
        "native/grain.cpp": GRAIN,
        "python/spam/__init__.py": "from . import _core, _more\n",
        "spam.conf": "",
        "pyproject.toml": '[tool.extproof]\ncompiler = "%s"\n' % compiler,
    }


def compiled(project, lane):
    """The sources that were compiled for the lane since it began, in order."""
    [database] = (project.folder / ".extproof/build").glob("%s-*/compile_commands.jsonl" % lane)
    files = [json.loads(line)["file"] for line in database.read_text().splitlines()]
    return [name.rsplit("/", 1)[-1] for name in files if "native/" in name]


@pytest.mark.parametrize("backend", ["meson-python", "scikit-build-core"])
@pytest.mark.parametrize("compiler", ["clang-19", "gcc"])
def test_a_release_build_that_strips_is_instrumented_and_incremental(project, backend, compiler):
    spam = project(files=files_of(backend, compiler), tests=TESTS)
    run = spam.run("asan", "ubsan")

    assert run.code == 1, run.story()
    [overflow] = run.findings(kind="heap-buffer-overflow")
    assert overflow["location"] == {"file": "native/core.c", "line": 7, "function": "spill"}
    assert overflow["sightings"][0]["test"] == "tests/test_spam.py::test_spill"
    shift = next(f for f in run.findings(kind="undefined-behavior") if "shift" in f["rule"])
    assert shift["location"]["file"] == "native/more.cpp", run.story()
    assert shift["location"]["line"] == 6
    before = compiled(spam, "asan")
    assert sorted(before) == ["core.c", "more.cpp"]

    spam.write("native/core.c", CORE.replace("malloc(36)", "malloc(37)"))
    mended = spam.run("asan")
    assert mended.code == 0, mended.story()
    assert compiled(spam, "asan")[len(before):] == ["core.c"]


@pytest.mark.parametrize("compiler", ["clang-19", "gcc"])
def test_plain_cmake_is_instrumented_and_incremental_with_its_libraries(project, compiler):
    spam = project(files=plain_cmake(compiler), tests=TESTS)
    run = spam.run("asan", "ubsan")

    assert run.code == 1, run.story()
    [overflow] = run.findings(kind="heap-buffer-overflow")
    assert overflow["location"] == {"file": "native/core.c", "line": 7, "function": "spill"}
    assert overflow["sightings"][0]["test"] == "tests/test_spam.py::test_spill"
    # In the library that the module is linked with, which was found where it is installed.
    shift = next(f for f in run.findings(kind="undefined-behavior") if "shift" in f["rule"])
    assert shift["location"]["file"] == "native/grain.cpp", run.story()
    assert sorted(run.lane("asan")["modules"]) == ["spam._core", "spam._more"]
    assert not pathlib.Path("/etc/extproof-e2e-spam").exists(), "installed into the system"
    assert list((spam.folder / ".extproof/build").glob("asan-*/stage/etc/extproof-e2e-spam/*.conf"))
    before = compiled(spam, "asan")
    assert sorted(before) == ["core.c", "grain.cpp", "more.cpp"]

    spam.write("native/core.c", CORE.replace("malloc(36)", "malloc(37)"))
    mended = spam.run("asan")
    assert mended.code == 0, mended.story()
    assert compiled(spam, "asan")[len(before):] == ["core.c"]
    assert spam.run("asan").code == 0
    assert compiled(spam, "asan")[len(before):] == ["core.c"]


@pytest.mark.parametrize("place", sorted(SCATTERED))
def test_a_module_of_plain_cmake_is_found_where_the_project_leaves_it(project, place):
    rules, package = SCATTERED[place]
    spam = project(files={
        "setup.py": None,
        "spam.c": None,
        "CMakeLists.txt": """
            cmake_minimum_required(VERSION 3.20)
            project(spam LANGUAGES C)
            find_package(Python3 COMPONENTS Interpreter Development.Module REQUIRED)
            set(Python_SITEARCH ${Python3_SITEARCH})
            python3_add_library(_core MODULE native/core.c)
            """ + rules,
        "native/core.c": CORE,
        "python/spam/__init__.py": package,
        "python/version.py.in": "version = '@CMAKE_VERSION@'\n",
    }, tests="""
        import spam

        def test_spill():
            spam._core.spill(36)
    """)
    before = spam.listing()
    run = spam.run("asan")

    assert run.code == 1, run.story()
    [overflow] = run.findings(kind="heap-buffer-overflow")
    assert overflow["location"] == {"file": "native/core.c", "line": 7, "function": "spill"}
    assert spam.listing() == before


RUST = """
    use pyo3::prelude::*;

    extern "C" {
        fn spill(index: i64) -> i64;
    }

    #[pymodule]
    fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("fits", unsafe { spill(35) })?;
        module.add_function(wrap_pyfunction!(spill_at, module)?)
    }

    #[pyfunction]
    fn spill_at(index: i64) -> i64 {
        unsafe { spill(index) }
    }
"""


@pytest.mark.skipif(shutil.which("cargo") is None, reason="cargo is not there, so no Rust is built")
def test_the_c_parts_of_a_maturin_project_are_instrumented_and_its_rust_is_a_blind_spot(project):
    spam = project(files={
        "setup.py": None,
        "spam.c": None,
        "pyproject.toml": """
            [build-system]
            requires = ["maturin>=1.5,<2"]
            build-backend = "maturin"
            [project]
            name = "spam"
            version = "1.0"
            requires-python = ">=3.9"
            [tool.maturin]
            strip = true
            module-name = "spam._core"
            python-source = "python"
            [tool.extproof]
            compiler = "clang-19"
        """,
        "Cargo.toml": """
            [package]
            name = "spam"
            version = "1.0.0"
            edition = "2021"
            [lib]
            name = "_core"
            crate-type = ["cdylib"]
            [dependencies.pyo3]
            version = "0.25"
            default-features = false
            features = ["macros", "extension-module"]
            [build-dependencies]
            cc = "1"
        """,
        "build.rs": """
            fn main() {
                println!("cargo:rerun-if-changed=native/core.c");
                cc::Build::new().file("native/core.c").compile("core");
            }
        """,
        "src/lib.rs": RUST,
        "native/core.c": """
            #include <stdlib.h>
            long spill(long at) {
              volatile long index = at;
              char *block = malloc(36);
              block[index] = 1;
              volatile char seen = block[index];
              free(block);
              return seen;
            }
        """,
        "python/spam/__init__.py": "from . import _core\n",
    }, tests="""
        import spam

        def test_spill():
            spam._core.spill_at(36)
    """)
    run = spam.run("asan")

    assert run.code == 1, run.story()
    overflow = run.findings(kind="heap-buffer-overflow")
    place = {"file": "native/core.c", "line": 5, "function": "spill"}
    assert place in [finding["location"] for finding in overflow], run.story()
    assert overflow[0]["sightings"][0]["test"] == "tests/test_spam.py::test_spill"
    blind = [text for text in run.lane("asan")["blind_spots"] if "Rust" in text]
    assert len(blind) == 1, run.story()
    before = compiled(spam, "asan")
    assert before == ["core.c"]
    spam.write("src/lib.rs", RUST.replace("spill(35)", "spill(34)"))
    assert spam.run("asan").code == 1
    assert compiled(spam, "asan") == before
