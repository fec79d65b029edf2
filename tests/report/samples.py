"""Diagnoses built by hand, the first after the sample of docs/design.md."""

from __future__ import annotations

from vllm_doctor.finding import (
    AttemptSummary,
    Change,
    Context,
    Deployment,
    Diagnosis,
    Evidence,
    Finding,
    Fix,
    LaunchReview,
    Review,
    Source,
    Step,
)

KV_ROOT = Finding(
    id="kv-cache-too-small",
    title="One request does not fit in the KV cache",
    explanation=(
        "A request of max_model_len = 131,072 tokens needs 16.0 GiB of KV cache; 2.07 GiB is left. The budget"
        " is 18.17 GiB (0.13 of 139.80), the weights took 15.0, activations and the rest 1.1. The longest"
        " request that fits is 16,944 tokens."
    ),
    figures={"kv_needed_gib": 16.0, "kv_free_gib": 2.07, "longest_len": 16944},
    evidence=(
        Evidence(
            "crash.log",
            55,
            "ValueError: To serve at least one request with the model's max seq len (131072),"
            " (16.0 GiB KV cache is needed, which is larger",
        ),
        Evidence("crash.log", 31, "Available KV cache memory: 2.07 GiB", "figure"),
    ),
    fixes=(
        Fix(
            changes=(Change("set", "--max-model-len", None, "16384"),),
            command="vllm serve /models/llama-3.1-8b --gpu-memory-utilization 0.13 --max-model-len 16384",
            command_kind="given",
            effect="costs",
            why="longer requests are refused",
            checks=("parses as vLLM 0.24.0", "needs 18.1 of 18.2 GiB"),
        ),
        Fix(
            changes=(Change("set", "--gpu-memory-utilization", "0.13", "0.24"),),
            command="vllm serve /models/llama-3.1-8b --gpu-memory-utilization 0.24",
            command_kind="given",
            why="the full length, 15 GiB more of the GPU",
        ),
        Fix(
            changes=(Change("set", "--kv-cache-dtype", None, "fp8"),),
            effect="costs",
            why="twice the tokens, a little quality",
        ),
    ),
    avoid=("--enforce-eager alone: frees 0.4 GiB, 13.9 are missing",),
    references=("https://docs.vllm.ai/en/latest/configuration/conserving_memory.html",),
    rule="kv-cache-too-small",
)
DIED = Finding(
    id="engine-died",
    title="The engine process ended",
    role="symptom",
    evidence=(Evidence("crash.log", 146, "Engine core initialization failed"),),
)
DEPLOYMENT = Deployment(
    vllm_version="0.24.0",
    vllm_versions=("0.24.0",),
    version_source="banner",
    model="/models/llama-3.1-8b",
    engine="V1",
    gpu_total_gib=139.8,
    gpu_count=1,
    command="vllm serve /models/llama-3.1-8b --gpu-memory-utilization 0.13",
    command_source="given",
)
KV = Diagnosis(
    sources=(Source("crash.log", 148, 19123),),
    verdict="failed",
    root_cause=KV_ROOT,
    findings=(KV_ROOT, DIED),
    attempts=(AttemptSummary(1, 148, "failed", "kv-cache-too-small"),),
    deployment=DEPLOYMENT,
)
HEALTHY = Diagnosis(
    sources=(Source("ok.log", 1, 80),),
    verdict="healthy",
    root_cause=None,
    findings=(),
    attempts=(AttemptSummary(1, 1, "healthy"),),
    deployment=Deployment(vllm_versions=("0.8.0", "0.10.2")),
)
STEP_ROOT = Finding(
    id="unsupported-architecture",
    title="This vLLM does not know the architecture",
    confidence="likely",
    transient=True,
    explanation="Gemma3 came with 0.8.3.\n\nThe log shows 0.8.0.",
    fixes=(
        Fix(
            steps=(Step("pip install 'vllm>=0.8.3'"), Step("systemctl restart vllm", "host")),
            changes=(Change("remove", "--enable-reasoning"), Change("setenv", "VLLM_USE_V1", "0", "1")),
            command="VLLM_USE_V1=1 \\\n  vllm serve google/gemma-3-4b-it \\\n\t--port 8000",
            command_kind="rebuilt",
        ),
        Fix(
            changes=(Change("set", "--trust-remote-code"), Change("remove", "--quantization")),
            effect="exposes",
            allow="trust-remote-code",
        ),
    ),
)
TWICE = Diagnosis(
    sources=(Source("-", 300, 9), Source("rank1.log", 1000, 9)),
    verdict="warned",
    root_cause=STEP_ROOT,
    findings=(
        STEP_ROOT,
        Finding("port-in-use", "The port is taken", evidence=(Evidence("rank1.log", 7, "x"),)),
    ),
    attempts=(
        AttemptSummary(1, 120, "failed", "unsupported-architecture", repeats=3),
        AttemptSummary(121, 300, "healthy"),
    ),
    deployment=Deployment(gpu="NVIDIA H100 80GB HBM3", gpu_count=8, gpu_total_gib=79.15),
    notes=("this table ends at 0.33.0",),
)
UNKNOWN = Diagnosis(
    sources=(Source("odd.log", 90, 9000),),
    verdict="unknown-failure",
    root_cause=None,
    findings=(),
    attempts=(AttemptSummary(1, 90, "unknown-failure"),),
    deployment=Deployment(vllm_version="0.24.0"),
    context=Context(
        exception="RuntimeError",
        message="the flux capacitor is empty\nsecond line",
        frames=("vllm/v1/worker/gpu_worker.py:210 in load_model", "acme/flux.py:12 in charge"),
        records=(
            Evidence("odd.log", 60, "INFO 11-20 09:12:05 [gpu_worker.py:200] charging"),
            Evidence("odd.log", 61, "ERROR 11-20 09:12:06 [core.py:700] EngineCore failed to start."),
        ),
    ),
)
INCOMPLETE = Diagnosis(
    sources=(Source("hang.log", 40, 4000),),
    verdict="incomplete",
    root_cause=None,
    findings=(),
    attempts=(AttemptSummary(1, 40, "incomplete"),),
    deployment=Deployment(vllm_version="0.24.0", model="org/m"),
    context=Context(
        "",
        "loading safetensors checkpoint shards: 3 of 8",
        (),
        (Evidence("hang.log", 40, "Loading safetensors"),),
    ),
    notes=("the log was silent for 412 s",),
)
NOTHING_FITS = Diagnosis(
    sources=(Source("big.log", 10, 100),),
    verdict="failed",
    root_cause=Finding(
        id="weights-too-large",
        title="The weights do not fit on this GPU",
        explanation="They need 131.4 GiB.",
        needs="131.4 GiB for the weights; there is 79.2 GiB",
        options=("2 GPUs: --tensor-parallel-size 2", "an FP8 checkpoint: 65.9 GiB"),
        avoid=(
            "Do not raise --gpu-memory-utilization, because the weights alone are larger than the card is",
        ),
    ),
    findings=(),
    attempts=(),
    deployment=Deployment(),
)
ALL = {
    "kv": KV,
    "healthy": HEALTHY,
    "twice": TWICE,
    "unknown": UNKNOWN,
    "incomplete": INCOMPLETE,
    "nothing-fits": NOTHING_FITS,
}

REVIEW = Review(
    file="compose.yaml",
    text="services: ...",
    launches=(
        LaunchReview(
            program="vllm serve",
            model="org/m",
            argv=("org/m", "--api-key", "tops3cret", "--port", "8000"),
            env={"HF_TOKEN": "plain", "OTHER": None},
            image="vllm/vllm-openai:v0.24.0",
            vllm_version="0.24.0",
            file="compose.yaml",
            line=3,
            findings=(
                Finding(
                    "secret-in-arguments",
                    "The API key stands in the command",
                    severity="warning",
                    role="note",
                    explanation="Anyone who can list processes reads it.",
                    place="compose.yaml:7:12",
                    rule="secret-in-arguments",
                    fixes=(
                        Fix(
                            changes=(Change("set", "--api-key", "tops3cret", '"${VLLM_API_KEY:?}"'),),
                            why="read at the start",
                        ),
                    ),
                ),
                Finding(
                    "unknown-flag",
                    "vLLM has no --prot",
                    place="compose.yaml:8:12",
                    evidence=(Evidence("compose.yaml", 8, "--prot"),),
                ),
            ),
            fixed='vllm serve org/m --api-key "${VLLM_API_KEY:?}" --port 8000',
        ),
    ),
    notes=("this table ends at 0.33.0",),
)
