# SPDX-License-Identifier: Apache-2.0
"""The Python stack at the moment of a report, with a library that stands for the probe."""

REPORTS = """
    import ctypes, os, threading

    report = ctypes.CDLL(None).extproof_test_report

    def deep(number):
        return report(number)

    def test_main_thread():
        assert deep(1) == 0

    def test_other_thread():
        def in_thread():
            deep(2)
        thread = threading.Thread(target=in_thread)
        thread.start()
        thread.join()

    def test_closed():
        os.closerange(3, 4096)

    def test_after_closing():
        deep(3)

    def test_child():
        child = os.fork()
        if child == 0:
            deep(4)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
"""


def test_a_report_appends_the_stack_of_its_thread(suite, fake_probe):
    suite.write(test_one=REPORTS)

    run = suite.run("-s", options=["--probe", fake_probe])

    assert set(run.tests().values()) == {"passed"}, run.output
    assert run.of("note") == []
    started = run.log("probe.started").split()
    assert started[0] == str(run.logs) and 34 <= int(started[1]) <= 61
    parts = run.log("stacks.%d" % run.events[0]["pid"]).split("== report ")[1:]
    assert [part[0] for part in parts] == ["1", "2", "3", "4"]
    callers = ("test_main_thread", "in_thread", "test_after_closing", "test_child")
    for part, caller in zip(parts, callers):
        assert "in deep" in part and "in " + caller in part
    assert "test_other_thread" not in parts[1]  # one thread only


def test_a_probe_that_cannot_be_loaded_is_a_note(suite):
    suite.write(test_one="def test_a(): pass\n")

    run = suite.run(options=["--probe", "/no/such/library.so"])

    (note,) = run.of("note")
    assert note["code"] == "probe-off" and "/no/such/library.so" in note["message"]
    assert run.tests() == {"test_a": "passed"}


def test_a_probe_that_refuses_is_a_note(suite_in, compile_library):
    refuses = compile_library(
        "refuses", "int extproof_probe_start(const char* d, int f, int s) { return 7; }"
    )
    suite = suite_in("py313-pytest9").write(test_one="def test_a(): pass\n")

    run = suite.run(options=["--probe", refuses])

    (note,) = run.of("note")
    assert (note["code"], note["message"]) == ("probe-off", "the probe refused to start: 7")


def test_the_leak_check_runs_where_the_process_has_one(suite, compile_library):
    checks = compile_library(
        "checks_leaks",
        """
        int extproof_probe_start(const char* d, int f, int s) { return 0; }
        int __lsan_do_recoverable_leak_check(void) { return 1; }
        """,
    )
    suite.write(test_one="def test_a(): pass\n")

    run = suite.run(options=["--leak-check", "--probe", checks])

    (line,) = run.of("leak-check")
    assert (line["ran"], line["result"]) == (True, 1)
    names = [(e["event"], e.get("phase"), e.get("edge")) for e in run.events[-3:]]
    assert names == [
        ("leak-check", None, None),
        ("phase", "finish", "end"),
        ("finish", None, None),
    ]


def test_a_leak_has_the_phases_in_which_its_blocks_were_allocated(suite, compile_library):
    # The context of a made-up address is its last digit; the log is as a runtime writes it.
    follows = compile_library(
        "follows_blocks",
        """
        #include <stdint.h>
        #include <stdio.h>
        #include <unistd.h>
        static char folder[4096];
        static uint32_t context, seen[100];
        static int entered;
        int extproof_probe_start(const char* d, int f, int s) {
          snprintf(folder, sizeof folder, "%s/san.%d", d, (int)getpid());
          FILE* log = fopen(folder, "w");
          fputs("Direct leak of 1 byte(s) of before\\n0x1 (1 bytes)\\n", log);
          fclose(log);
          return 0;
        }
        int extproof_probe_follow_blocks(void) { return 0; }
        uint32_t* extproof_probe_context(void) { return &context; }
        uint32_t extproof_probe_context_of(uintptr_t address) { return address & 15; }
        int context_now(void) { return context; }
        int __lsan_do_recoverable_leak_check(void) {
          FILE* log = fopen(folder, "a");
          fputs("==1==ERROR: LeakSanitizer: detected memory leaks\\n\\n"
                "Direct leak of 8 byte(s) in 1 object(s) allocated from:\\n"
                "    #0 0x1 in f\\n\\nObjects leaked above:\\n"
                "0x602000000012 (4 bytes)\\n0x602000000022 (4 bytes)\\n0x602000000011 (4 bytes)\\n"
                "0x602000000010 (4 bytes)\\n"
                "Indirect leak of 8 byte(s) in 1 object(s) allocated from:\\n"
                "Objects leaked above:\\n0x602000000010 (4 bytes)\\n", log);
          fclose(log);
          return 1;
        }
        """,
    )
    suite.write(
        test_one="""
        import ctypes, os

        def test_a():
            library = ctypes.CDLL(%r, mode=os.RTLD_NOLOAD)
            assert library.context_now() > 4
        """ % follows
    )

    run = suite.run(options=["--leak-check", "--probe", follows])

    assert run.tests() == {"test_a": "passed"}, run.output
    (line,) = run.of("leak-check")
    assert line["result"] == 1 and line["log"].startswith("san.")
    (leak,) = line["leaks"]
    assert leak["contexts"] == [[1, 1], [2, 2]]
    log = (run.logs / line["log"]).read_bytes()
    assert log[leak["at"] :].startswith(b"Direct leak of 8")


def test_blocks_that_cannot_be_followed_are_said_so(suite, compile_library):
    refuses = compile_library(
        "follows_nothing",
        """
        #include <stdint.h>
        int extproof_probe_start(const char* d, int f, int s) { return 0; }
        int extproof_probe_follow_blocks(void) { return 38; }
        uint32_t* extproof_probe_context(void) { return 0; }
        uint32_t extproof_probe_context_of(uintptr_t address) { return 0; }
        int __lsan_do_recoverable_leak_check(void) { return 0; }
        """,
    )
    suite.write(test_one="def test_a(): pass\n")

    run = suite.run(options=["--leak-check", "--probe", refuses])

    (line,) = run.of("leak-check")
    assert "Function not implemented" in line["unfollowed"] and "leaks" not in line


def test_without_a_leak_checker_the_line_says_so(suite):
    run = suite.write(test_one="def test_a(): pass\n").run(options=["--leak-check"])

    assert [line["ran"] for line in run.of("leak-check")] == [False]
