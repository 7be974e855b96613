# SPDX-License-Identifier: Apache-2.0
"""The accepted texts of harness/report, read by readers that are not ours.

The JSON schema of SARIF 2.1.0 is a text of someone else, so no copy of it lies in this tree. A
module of Go carries it, and Go's own checksums prove that module; or EXTPROOF_SARIF_SCHEMA names a
copy. Without both, the unit tests read the same documents by the part of the standard that is
written.
"""

import json
import os
import pathlib
import shutil
import subprocess
import xml.etree.ElementTree

import jsonschema
import pytest

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "harness" / "report" / "testdata"


def samples(pattern):
    return sorted(path.name for path in SAMPLES.glob(pattern))


@pytest.mark.parametrize("name", samples("junit_*.xml"))
def test_junit_is_well_formed_and_counts_its_cases(name):
    root = xml.etree.ElementTree.parse(SAMPLES / name).getroot()

    assert int(root.get("tests")) == len(root.findall("testsuite/testcase"))


CARRIER = "github.com/owenrumney/go-sarif/v3@v3.3.1"
ERRATA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    """The schema as its text."""
    named = os.environ.get("EXTPROOF_SARIF_SCHEMA")
    if named:
        return pathlib.Path(named).read_text(encoding="utf-8")
    go = shutil.which("go") or shutil.which("/usr/local/go/bin/go")
    if go is None:
        pytest.skip("go is not there to fetch the schema, and EXTPROOF_SARIF_SCHEMA names no copy")
    done = subprocess.run([go, "mod", "download", "-json", CARRIER], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, cwd=tmp_path_factory.mktemp("go"))
    if done.returncode != 0:
        pytest.skip("the schema cannot be had: %s" % done.stdout.decode()[-300:])
    file = pathlib.Path(json.loads(done.stdout)["Dir"], "pkg/report/v210/sarif/schema.go")
    text = file.read_text(encoding="utf-8")
    text = text[text.index("`") + 1 : text.rindex("`")]
    assert json.loads(text)["id"] == ERRATA
    return text


@pytest.mark.parametrize("name", samples("sarif_*.json"))
def test_sarif_is_valid_against_the_schema_of_the_standard(name, schema):
    rules = json.loads(schema)
    # Some copies keep the form of the whole document among the definitions.
    if "Root" in rules.get("definitions", {}):
        rules["$ref"] = "#/definitions/Root"
    reader = jsonschema.Draft7Validator(rules)
    assert not reader.is_valid({"version": "2.1.0"}), "this schema refuses nothing"

    problems = [error.message for error in
                reader.iter_errors(json.loads((SAMPLES / name).read_text(encoding="utf-8")))]

    assert problems == []
