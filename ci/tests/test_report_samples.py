# SPDX-License-Identifier: Apache-2.0
"""The accepted texts of harness/report, read by readers that are not ours.

The JSON schema of SARIF 2.1.0 is in no package of the index, and a text of someone else is not
copied into this tree: EXTPROOF_SARIF_SCHEMA names a copy of it. Without one, the unit tests read
the same documents strictly by the part of the standard that is written.
"""

import json
import os
import pathlib
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


@pytest.mark.parametrize("name", samples("sarif_*.json"))
def test_sarif_is_valid_against_the_schema_of_the_standard(name):
    schema = os.environ.get("EXTPROOF_SARIF_SCHEMA")
    if not schema:
        pytest.skip("EXTPROOF_SARIF_SCHEMA names no copy of the schema")
    rules = json.loads(pathlib.Path(schema).read_text(encoding="utf-8"))
    # Some copies keep the form of the whole document among the definitions.
    if "Root" in rules.get("definitions", {}):
        rules["$ref"] = "#/definitions/Root"
    reader = jsonschema.Draft7Validator(rules)
    assert not reader.is_valid({"version": "2.1.0"}), "this schema refuses nothing"

    problems = [error.message for error in
                reader.iter_errors(json.loads((SAMPLES / name).read_text(encoding="utf-8")))]

    assert problems == []
