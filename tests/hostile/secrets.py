"""Every kind of secret that we know, as it stands in logs, commands and files."""

from __future__ import annotations

from typing import NamedTuple

RANDOM = "Zq7x9Kd4TtR2mWv8Lp1Hs6Yb3Nc5Gf0J"
HEX = "0123456789abcdef0123456789abcdef01234567"
UUID = "3f2b8c1e-9a4d-4e7f-8b2c-1d5e6f7a8b9c"
AWS = "QYLPMN5HHHFPZAM2"
BASE64 = "cGxhaW53aGlzcGVyMQ=="
LETTERS = "qwertywhisperlessuiop"
WORD = "plainwhisper"
"""What no pattern knows by its form: only the place tells that it is a secret."""
SHORT_HEX = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
PARTS = (RANDOM, HEX, SHORT_HEX, UUID, AWS, BASE64, LETTERS, WORD)


class Kind(NamedTuple):
    """A secret in its place. Nothing of `PARTS` may be left of it."""

    name: str
    text: str


BY_FORM = [
    Kind("hugging face", f"token hf_{RANDOM}ab is invalid"),
    Kind("hugging face in a path", f"https://cdn/x/hf_{RANDOM}ab/model"),
    Kind("hugging face, short", f"hf_{RANDOM[:12]}{WORD}1"),
    Kind("hugging face, percent-encoded", f"user=hf%5F{RANDOM}ab"),
    Kind("openai", f"sk-proj-{RANDOM}"),
    Kind("openai, letters alone", f"sk-{LETTERS}"),
    Kind("anthropic", f"sk-ant-api03-{RANDOM}"),
    Kind("stripe", f"sk_live_{RANDOM}"),
    *(Kind(f"github {name}", f"{name}_{RANDOM}abcd") for name in ("ghp", "gho", "ghs", "ghu", "ghr")),
    Kind("github, fine-grained", f"github_pat_11ABC_{RANDOM}"),
    *(Kind(f"gitlab {name}", f"{name}-{RANDOM}") for name in ("glpat", "gldt", "glrt", "glcbt", "glptt")),
    *(Kind(f"slack {name}", f"{name}-1234-5678-{RANDOM}") for name in ("xoxb", "xoxp", "xoxa", "xoxe")),
    Kind("slack app", f"xapp-1-A0-123-{RANDOM}"),
    Kind("slack hook", f"https://hooks.slack.com/services/T000/B000/{RANDOM}"),
    Kind("aws id", f"AKIA{AWS} is"),
    Kind("aws session id", f"ASIA{AWS} is"),
    Kind("google", f"AIza{RANDOM}abc"),
    Kind("google oauth", f"ya29.{RANDOM}"),
    Kind("google client", f"GOCSPX-{RANDOM}"),
    Kind("nvidia", f"nvapi-{RANDOM}"),
    Kind("groq", f"gsk_{RANDOM}"),
    Kind("replicate", f"r8_{RANDOM}"),
    Kind("pypi", f"pypi-AgEI{RANDOM}"),
    Kind("npm", f"npm_{RANDOM}abcd"),
    Kind("docker hub", f"dckr_pat_{RANDOM}"),
    Kind("vault", f"hvs.{RANDOM}"),
    Kind("tailscale", f"tskey-auth-{RANDOM}"),
    Kind("digital ocean", f"dop_v1_{HEX}{HEX}"),
    Kind("sendgrid", f"SG.{RANDOM}.{RANDOM}"),
    Kind("databricks", f"dapi{SHORT_HEX}"),
    Kind("modelscope", f"ms-{UUID}"),
    Kind("jwt", f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{RANDOM}"),
    Kind("private key", f"-----BEGIN RSA PRIVATE KEY-----\n{RANDOM}\n{RANDOM}\n-----END RSA PRIVATE KEY-----"),
    Kind("private key in JSON", f'"x": "-----BEGIN PRIVATE KEY-----\\n{RANDOM}\\n-----END PRIVATE KEY-----"'),
]
IN_URLS = [
    Kind("password in a URL", f"http://user:{WORD}@host:8000/x"),
    Kind("password with an encoded sign", f"http://user:{WORD}%40@host"),
    Kind("password with an @", f"redis://:x@{WORD}@h:1/0"),
    Kind("database", f"postgresql://u:{WORD}@h/db"),
    Kind("proxy", f"HTTPS_PROXY=http://u:{WORD}@p:1"),
    Kind("token as the user", f"https://{RANDOM}@host/x"),
    Kind("token in a query", f"https://h/x?token={WORD}"),
    Kind("token in a longer query", f"https://h/x?a=1&access_token={WORD}&b=2"),
    Kind("signature", f"https://a.blob.core.windows.net/c?sv=1&sig={RANDOM}%3D"),
    Kind("encoded URL", f"next=https%3A%2F%2Fuser%3A{WORD}%40host"),
    Kind("encoded query", f"q=api_key%3D{WORD}%26x"),
]
IN_HEADERS = [
    Kind("bearer", f"Authorization: Bearer {WORD}"),
    Kind("bearer of curl", f"curl -H 'Authorization: Bearer {WORD}' http://h"),
    Kind("bearer, alone", f"sent bearer {WORD}1234"),
    Kind("bearer in a variable", f"OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20{WORD}"),
    Kind("basic", f"Authorization: Basic {BASE64}"),
    Kind("basic in a dict", f"{{'authorization': 'Basic {BASE64}'}}"),
    Kind("x-api-key", f"x-api-key: {WORD}"),
    Kind("cookie", f"Cookie: session={WORD}; a=b {WORD}"),
    Kind("set-cookie", f"Set-Cookie: sid={WORD}; Path=/"),
    Kind("curl -u", f"curl -u user:{WORD} http://h"),
    Kind("curl --user", f"curl -s --user user:{WORD} http://h"),
    Kind("docker login", f"docker login -u x -p {WORD} registry"),
]
IN_ECHOES = [
    Kind("api_key in non-default args", f"non-default args: {{'api_key': ['{WORD}', '{WORD}2'], 'port': 1}}"),
    Kind("api_key of old releases", f"non-default args: {{'api_key': '{WORD}', 'port': 1}}"),
    Kind("hf_token in non-default args", f"non-default args: {{'hf_token': '{WORD}', 'port': 1}}"),
    Kind("a list that is cut", f"non-default args: {{'api_key': ['{WORD}', '{WORD}2', '{WORD}"),
    Kind("a string that is cut", f"non-default args: {{'hf_token': '{WORD}"),
    Kind("a string with its quote in it", f"{{'hf_token': 'a\\'{WORD}'}}"),
    Kind("Namespace", f"Namespace(api_key=['{WORD}'], hf_token='{WORD}', port=1)"),
    Kind("bytes", f"Namespace(hf_token=b'{WORD}')"),
    Kind("prose", f"retrying (api_key: {WORD}, port: 1)"),
    Kind("a word named token", f"token: {RANDOM}"),
]
IN_OPTIONS = [
    Kind("--api-key X", f"vllm serve m --api-key {WORD} --port 8000"),
    Kind("--api-key=X", f"vllm serve m --api-key={WORD}"),
    Kind("--api_key X", f"vllm serve m --api_key {WORD}"),
    Kind("--api-key 'X Y'", f"vllm serve m --api-key 'a {WORD}' -tp 2"),
    Kind("--api-key X Y", f"vllm serve m --api-key aaa1 {WORD} --port 1"),
    Kind("--api-key X Y, last", f"vllm serve m --api-key aaa1 {WORD} bbb2"),
    Kind("--api-key $X Y", f"vllm serve m --api-key $KEY {WORD} --port 1"),
    Kind("--hf-token X", f"vllm serve m --hf-token {WORD}"),
    Kind("--hf-token=X", f"vllm serve m --hf-token={WORD}"),
    Kind("--token X", f"huggingface-cli login --token {WORD}"),
    Kind("over two lines", f"vllm serve m \\\n  --api-key \\\n  {WORD} \\\n  --port 1"),
    Kind("as a JSON list", f'["--api-key", "{WORD}", "--port"]'),
    Kind("as one JSON word", f'["--api-key={WORD}", "--port"]'),
    Kind("as a YAML list", f"  - --api-key\n  - {WORD}\n  - --port"),
    Kind("in colour", f"vllm serve m --api-key \x1b[1m{WORD}\x1b[0m"),
    Kind("name in colour", f"vllm serve m \x1b[1m--api-key\x1b[0m {WORD}"),
    Kind("form in colour", f"\x1b[32mghp_{RANDOM}\x1b[0m"),
    Kind("colour in the middle", f"ghp_ab\x1b[0m{RANDOM}"),
    Kind("joiner in the middle", f"gh\u200bp_{RANDOM}"),
]
IN_VARIABLES = [
    Kind("NAME=X", f"HF_TOKEN={WORD} vllm serve m"),
    Kind("export", f'export VLLM_API_KEY="{WORD} x"'),
    Kind("docker -e", f"docker run -e HF_TOKEN={WORD} image"),
    Kind("default", f"HF_TOKEN=${{HF_TOKEN:-{WORD}}}"),
    Kind("aws secret", f"aws_secret_access_key = {HEX}"),
    Kind("aws session", f"AWS_SESSION_TOKEN={RANDOM}=="),
    Kind("azure", f"DefaultEndpointsProtocol=https;AccountKey={RANDOM}==;EndpointSuffix=x"),
    Kind("s3", f"S3_ACCESS_KEY_ID={WORD}"),
    Kind("password", f"DB_PASSWORD={WORD} PGPASSWORD={WORD}"),
    Kind("pass", f"SMTP_PASS={WORD}"),
    Kind("pwd", f"pwd={WORD} DB_PWD={WORD}"),
    Kind("passphrase", f"passphrase = {WORD}"),
    Kind("a secret with a $", f"DB_PASSWORD='a${WORD}'"),
    Kind("a secret behind a variable", f"HF_TOKEN=${{X}}{WORD}"),
    Kind("a secret that begins with %", f"DB_PASSWORD=%2F{WORD}"),
    Kind("wandb", f"WANDB_API_KEY={HEX}"),
    Kind("ENV", f"ENV HF_TOKEN {WORD}"),
    Kind("ENV =", f"ENV HF_TOKEN={WORD} A=b"),
    Kind("systemd", f'Environment="HF_TOKEN={WORD}"'),
    Kind("make", f"HF_TOKEN := {WORD}"),
    Kind("make, where unset", f"HF_TOKEN ?= {WORD}"),
    Kind("csh", f"setenv HF_TOKEN {WORD}"),
    Kind("powershell", f'$env:HF_TOKEN = "{WORD}"'),
    Kind("python", f'os.environ["HF_TOKEN"] = "{WORD}"'),
    Kind("python default", f"os.environ.setdefault('HF_TOKEN', '{WORD}')"),
    Kind("python argument", f'LLM(model="m", hf_token="{WORD}")'),
    Kind("yaml", f"HF_TOKEN: {WORD}"),
    Kind("yaml, quoted", f'HF_TOKEN: "{WORD}"'),
    Kind("compose list", f"  - HF_TOKEN={WORD}"),
    Kind("pod", f"- name: HF_TOKEN\n  value: {WORD}"),
    Kind("pod, turned", f"- value: {WORD}\n  name: HF_TOKEN"),
    Kind("pod, on one line", f"{{name: HF_TOKEN, value: {WORD}}}"),
    Kind("pod as JSON", f'{{"name": "HF_TOKEN", "value": "{WORD}"}}'),
    Kind("pod as JSON, turned", f'{{"value": "{WORD}", "name": "HF_TOKEN"}}'),
    Kind("json", f'{{"hf_token": "{WORD}", "apiKey": "{WORD}"}}'),
    Kind("json in json", f'{{\\"hf_token\\": \\"{WORD}\\"}}'),
    Kind("json list", f'"api_key": ["{WORD}"]'),
    Kind("toml", f'api_key = "{WORD}"'),
    Kind("xml", f"<token>{WORD}</token>"),
]
KINDS = [*BY_FORM, *IN_URLS, *IN_HEADERS, *IN_ECHOES, *IN_OPTIONS, *IN_VARIABLES]


def leaks(drawn: str) -> list[str]:
    """The parts of secrets that an output shows, whatever its escapes and line breaks."""
    seen = "".join(drawn.split()).replace("\\", "").replace("&#8203;", "")
    return [part for part in PARTS if part in drawn or part in seen]
