from vllm_doctor.text import unified


def test_a_diff_ends_lines_where_patch_does() -> None:
    found = unified("a\x0cb\nc\rd\n", "a\x0cb\ne\n", "/x/run.sh")
    assert found == "--- a/x/run.sh\n+++ b/x/run.sh\n@@ -1,2 +1,2 @@\n a\x0cb\n-c\rd\n+e\n"


def test_a_missing_last_newline_is_told() -> None:
    assert unified("a", "b", "f").endswith("-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n")
