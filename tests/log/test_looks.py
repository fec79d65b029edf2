import pytest

from .test_read import SHORT, read


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        (SHORT, True),
        ("ValueError: Too large swap space.", True),
        ("host:1:2 [0] NCCL WARN Call to bind failed", True),
        ("usage: vllm [-h] {serve}\nvllm: error: unrecognized arguments: --x", True),
        ('(APIServer pid=1) INFO:     10.0.0.1:4 - "GET /v1/models HTTP/1.1" 200 OK', True),
        ("To be, or not to be, that is the question:\nLight me a torch, good fellow.", False),
        ('{"object":"error","message":"CUDA error","type":"x","code":500}', False),
        ('10.0.0.1 - - [24/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 12 "-" "curl"', False),
        ("(APIServer pid=1)   Value error, World size (8) is larger than", True),
        ("(RayWorkerWrapper pid=8, ip=10.0.0.2) HIP init", True),
        ("[ 12.5] NVRM: Xid (PCI:0000:3b:00): 79, GPU has fallen off the bus.", True),
        ("/src/x.cu:9: f: block: [2,0,0], thread: [3,0,0] Assertion `i < n` failed.", True),
        ("kubelet  Startup probe failed: connection refused", True),
        ("(mail pid=9) Message received", False),
        ("", False),
    ],
)
def test_what_is_a_vllm_log(text: str, ours: bool) -> None:
    assert read(text).vllm is ours
