# SPDX-License-Identifier: Apache-2.0
"""`extproof init` on real projects: what it writes is used as it stands. The workflow's own script
makes the matrix, nox runs the session, actionlint and repo-review judge the texts."""

import ast
import base64
import hashlib
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import textwrap
import zipfile

import pytest

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() \
    / "extproof" / "e2e-tools"
ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"
REVIEW = "sp-repo-review[cli]==2026.8.14"
WRITTEN = {"noxfile.py", ".github/workflows/extproof.yml"}

SETUPTOOLS = """
    [build-system]
    requires = ["setuptools"]
    build-backend = "setuptools.build_meta"

    [project]
    name = "spam"
    version = "1.0"
"""
SCIKIT_BUILD = {
    "setup.py": None,
    "pyproject.toml": """
        [build-system]
        requires = ["scikit-build-core"]
        build-backend = "scikit_build_core.build"

        [project]
        name = "spam"
        version = "1.0"

        [tool.pytest.ini_options]
        testpaths = ["tests"]
    """,
    "CMakeLists.txt": """
        cmake_minimum_required(VERSION 3.15)
        project(spam LANGUAGES C)
        find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
        Python_add_library(spam MODULE spam.c WITH_SOABI)
        install(TARGETS spam DESTINATION .)
    """,
    "noxfile.py": """
        import nox


        @nox.session
        def hello(session):
            session.log("hello")
    """,
}
MESON = {
    "setup.py": None,
    "pyproject.toml": """
        [build-system]
        requires = ["meson-python"]
        build-backend = "mesonpy"

        [project]
        name = "spam"
        dynamic = ["version"]
    """,
    "meson.build": """
        project('spam', 'c', version: '1.0')
        py = import('python').find_installation(pure: false)
        py.extension_module('spam', 'spam.c', install: true)
    """,
}
BACKENDS = {"setuptools": {"pyproject.toml": SETUPTOOLS}, "scikit-build-core": SCIKIT_BUILD,
            "meson-python": MESON}


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*"))
            if p.is_file() and ".extproof" not in p.parts}


def called(project, *arguments):
    ended = project.call("init", *arguments)
    assert ended.code == 0, ended.story()
    return ended


@pytest.fixture(scope="session")
def actionlint():
    go = shutil.which("go") or shutil.which("/usr/local/go/bin/go")
    program = CACHE / ACTIONLINT.rsplit("@", 1)[1] / "actionlint"
    if not program.exists():
        if go is None:
            pytest.skip("go is not there, so actionlint cannot be had")
        done = subprocess.run([go, "install", ACTIONLINT], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT,
                              env=dict(os.environ, GOBIN=str(program.parent)))
        if done.returncode != 0:
            pytest.skip("actionlint cannot be had: %s" % done.stdout.decode()[-300:])
    return program


@pytest.fixture(scope="session")
def repo_review(program):
    folder = CACHE / hashlib.sha256(REVIEW.encode()).hexdigest()[:12]
    tool = folder / "bin" / "repo-review"
    if not tool.exists():
        uv = program.path.parent / "uv"
        uv = str(uv) if uv.exists() else shutil.which("uv")
        for words in (["venv", "-q", "--clear", "--python", ">=3.11", str(folder)],
                      ["pip", "install", "-q", "--python", str(folder / "bin" / "python"),
                       REVIEW]):
            done = subprocess.run([uv, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode != 0:
                pytest.skip("repo-review cannot be had: %s" % done.stdout.decode()[-300:])
    return tool


@pytest.fixture(scope="session")
def wheel(program, tmp_path_factory):
    """The installed extproof as a wheel again, so that a session installs what is under test."""
    code = ("import importlib.metadata as m, json; d = m.distribution('extproof');"
            "print(json.dumps([d.version, [[str(f), str(f.locate())] for f in d.files]]))")
    python = program.path.parent / "python"
    if not python.exists():
        pytest.skip("the program under test is not in an environment")
    version, files = json.loads(subprocess.run([str(python), "-c", code], check=True,
                                               stdout=subprocess.PIPE).stdout)
    stem = "extproof-%s" % version
    path = tmp_path_factory.mktemp("wheel") / (stem + "-py3-none-any.whl")
    record = stem + ".dist-info/RECORD"
    lines = [record + ",,"]
    with zipfile.ZipFile(path, "w") as archive:
        for name, place in files:
            if name.endswith((".pyc", "/RECORD", "/INSTALLER", "/direct_url.json", "/REQUESTED")):
                continue
            if "/bin/" in name:
                name = "%s.data/scripts/%s" % (stem, name.rsplit("/", 1)[1])
            content = pathlib.Path(place).read_bytes()
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFREG | os.stat(place).st_mode & 0o777) << 16
            archive.writestr(entry, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            lines.append("%s,sha256=%s,%d" % (name, digest.decode(), len(content)))
        archive.writestr(record, "\n".join(lines) + "\n")
    return path


def script_of(workflow, name):
    """The `run: |` of the step with that name."""
    lines = workflow.split("\n")
    step = next(i for i, line in enumerate(lines) if line.strip() == "- name: " + name)
    begin = next(i for i in range(step, len(lines)) if lines[i].strip() == "run: |") + 1
    depth = len(lines[begin]) - len(lines[begin].lstrip())
    end = next((i for i in range(begin, len(lines))
                if lines[i].strip() and not lines[i].startswith(" " * depth)), len(lines))
    return textwrap.dedent("\n".join(lines[begin:end]))


@pytest.mark.parametrize("backend", sorted(BACKENDS))
def test_the_workflow_makes_its_matrix_of_the_real_plan(project, program, backend, tmp_path):
    spam = project(files=BACKENDS[backend])
    ended = called(spam)
    assert spam.folder.name in ended.out and "extproof run" in ended.out

    output = tmp_path / "output"
    script = script_of((spam.folder / ".github/workflows/extproof.yml").read_text(),
                       "Make the matrix of the lanes that can run here")
    environment = dict(os.environ, GITHUB_OUTPUT=str(output), RUNNER_TEMP=str(tmp_path),
                       PATH="%s:%s" % (program.path.parent, os.environ["PATH"]))
    done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
                          cwd=spam.folder, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout.decode()
    assert output.read_text() == 'lanes=["asan", "ubsan"]\n'


def test_a_lane_that_cannot_run_fails_the_plan_but_not_the_matrix(project, program, tmp_path):
    spam = project(files={"extproof.toml": '[lane.asan]\ncompiler = "clang-3"\n'})
    called(spam)
    output = tmp_path / "output"
    script = script_of((spam.folder / ".github/workflows/extproof.yml").read_text(),
                       "Make the matrix of the lanes that can run here")
    environment = dict(os.environ, GITHUB_OUTPUT=str(output), RUNNER_TEMP=str(tmp_path),
                       PATH="%s:%s" % (program.path.parent, os.environ["PATH"]))
    done = subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=spam.folder,
                          env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 4, done.stdout.decode()
    assert output.read_text() == 'lanes=["ubsan"]\n'


def test_a_second_call_writes_nothing_and_says_so(project):
    spam = project(files={"pyproject.toml": SETUPTOOLS})
    before = contents(spam.folder)
    called(spam)
    after = contents(spam.folder)
    assert set(after) - set(before) == WRITTEN
    changed = [name for name in before if before[name] != after[name]]
    assert changed == ["pyproject.toml"]
    assert after["pyproject.toml"].startswith(before["pyproject.toml"])
    assert b'\n[tool.extproof]\n' in after["pyproject.toml"]

    ended = called(spam)
    assert "nothing was written" in ended.out
    assert contents(spam.folder) == after
    assert not (spam.folder / ".extproof").exists()


def test_files_that_are_there_are_kept_to_the_byte(project):
    spam = project(files=dict(SCIKIT_BUILD, **{
        "extproof.toml": 'lanes = ["ubsan"]\n',
        ".github/workflows/extproof.yml": "mine\n",
        "noxfile.py": "import nox\n\ndef broken(:\n"}))
    before = contents(spam.folder)
    ended = called(spam)
    assert contents(spam.folder) == before
    assert "left alone" in ended.out and "session.run(\"extproof\"" in ended.out


def test_dir_names_the_project_and_what_is_no_project_is_refused_as_by_run(project, tmp_path):
    spam = project()
    ended = spam.program.run("init", "spam", cwd=tmp_path)
    assert ended.code == 0, ended.story()
    assert "extproof run --project spam" in ended.out
    assert (spam.folder / "extproof.toml").exists()

    empty = tmp_path / "empty"
    empty.mkdir()
    told = [spam.program.run(*words, cwd=empty) for words in (["init"], ["run"])]
    assert [one.code for one in told] == [2, 2]
    assert "XP1101" in told[0].err and told[0].err == told[1].err
    assert list(empty.iterdir()) == []


def test_links_that_lead_out_are_not_followed(project, tmp_path):
    spam = project()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "noxfile.py").write_text("import nox\n")
    (spam.folder / "noxfile.py").symlink_to(elsewhere / "noxfile.py")
    (spam.folder / ".github").symlink_to(elsewhere)
    ended = called(spam)
    assert contents(elsewhere) == {"noxfile.py": b"import nox\n"}
    assert "a link that leads out of the project" in ended.out


def test_what_cannot_be_written_leaves_nothing_half_done(project):
    spam = project(files={"pyproject.toml": SETUPTOOLS, ".github/workflows": "a file\n"})
    before = contents(spam.folder)
    ended = spam.call("init")
    assert ended.code == 3, ended.story()
    assert "XP1106" in ended.err and "nothing was written" in ended.err
    assert contents(spam.folder) == before


def test_a_project_that_nobody_may_write_to_is_left_as_it_was(project, program):
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    spam = project()
    before = contents(spam.folder)
    spam.folder.chmod(0o555)
    try:
        ended = spam.call("init")
    finally:
        spam.folder.chmod(0o755)
    assert ended.code == 3 and "XP1106" in ended.err, ended.story()
    assert contents(spam.folder) == before


@pytest.mark.parametrize("name", ["a'b", 'a"b', "a\nb = 1", "${{ github.token }}", "a]b"])
def test_hostile_names_of_folders_stay_names(project, name, actionlint):
    spam = project(name=name, files={
        "pyproject.toml": SETUPTOOLS.replace('"spam"', json.dumps("spam")),
        "tests/test_spam.py": None, "pkg/%s/tests/test_spam.py" % name: "import spam\n"})
    called(spam)
    python = subprocess.run(
        [str(spam.program.path.parent / "python"), "-c",
         "import json, sys\ntry:\n    import tomllib\nexcept ImportError:\n"
         "    import tomli as tomllib\n"
         "print(json.dumps(tomllib.load(open('pyproject.toml', 'rb'))['tool']['extproof']))"],
        cwd=spam.folder, stdout=subprocess.PIPE)
    assert json.loads(python.stdout) == {"tests": ["pkg/%s/tests" % name]}
    ast.parse((spam.folder / "noxfile.py").read_text())
    workflow = spam.folder / ".github/workflows/extproof.yml"
    assert name not in workflow.read_text()
    assert subprocess.run([str(actionlint), str(workflow)]).returncode == 0


@pytest.mark.parametrize("backend", sorted(BACKENDS))
def test_actionlint_and_repo_review_find_nothing(project, actionlint, repo_review, backend):
    spam = project(files=dict(BACKENDS[backend], **{".github/dependabot.yml": """
        version: 2
        updates:
          - package-ecosystem: "github-actions"
            directory: "/"
            schedule: {interval: "weekly"}
            groups: {actions: {patterns: ["*"]}}
    """}))
    had_noxfile = (spam.folder / "noxfile.py").exists()
    called(spam)
    done = subprocess.run([str(actionlint), "-color=false",
                           str(spam.folder / ".github/workflows/extproof.yml")],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout.decode()

    done = subprocess.run([str(repo_review), "--format", "json", str(spam.folder)],
                          stdout=subprocess.PIPE, env=dict(os.environ, PYTHONWARNINGS="ignore"))
    checks = json.loads(done.stdout)["checks"]
    # The head of a noxfile that was there is its owner's.
    families = ("GH",) if had_noxfile else ("GH", "NOX")
    judged = {name: check["result"] for name, check in checks.items() if name.startswith(families)}
    assert len(judged) >= 9, judged
    assert {name for name, result in judged.items() if result is False} == set(), judged
    assert judged["GH104"] and (had_noxfile or judged["NOX101"])


@pytest.mark.parametrize("backend", ["setuptools", "scikit-build-core"])
def test_nox_runs_the_session_that_was_written(project, program, wheel, backend):
    spam = project(files=BACKENDS[backend])
    called(spam)
    nox = program.path.parent / "nox"
    command = [str(nox)] if nox.exists() else [sys.executable, "-m", "nox"]
    environment = dict(os.environ, NO_COLOR="1", EXTPROOF_REQUIREMENT=str(wheel))
    listed = subprocess.run([*command, "-l"], cwd=spam.folder, env=environment,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode()
    assert "- extproof ->" in listed, listed
    done = subprocess.run([*command, "-s", "extproof", "--", "ubsan"], cwd=spam.folder,
                          env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = done.stdout.decode()
    assert done.returncode == 0, said
    assert "Session extproof was successful" in said and "ubsan    passed" in said
