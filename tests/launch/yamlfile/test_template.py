from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.launch.files import read_launches
from vllm_doctor.launch.yamlfile.template import masked

PIECES = st.sampled_from(
    ["{{", "}}", "{%", "%}", "{#", "#}", "{{- if x }}", "{{ end }}", "\n", "\r\n", "- a", "  ", "b"]
)

CHART = """\
{{- if .Values.enabled }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "x.name" . }}
spec:
  template:
    spec:
      containers:
        - name: vllm
          image: "{{ .Values.image }}:{{ .Values.tag }}"
          command: ["vllm", "serve"]
          args:
            - {{ .Values.model | quote }}
            {{- if .Values.maxLen }}
            - --max-model-len
            - {{ .Values.maxLen | quote }}
            {{- end }}
            - --port=8000
          env:
            - name: A
              value: {{ .Values.a | quote }}
{{- end }}
"""


@given(st.lists(PIECES, max_size=20))
def test_every_character_keeps_its_place(pieces: list[str]) -> None:
    text = "".join(pieces)
    out = masked(text)
    assert len(out) == len(text)
    assert [at for at, char in enumerate(out) if char in "\r\n"] == [
        at for at, char in enumerate(text) if char in "\r\n"
    ]


def test_a_chart_is_read_with_its_templates_as_written() -> None:
    (launch,) = read_launches(CHART, "templates/deployment.yaml")
    assert launch.argv == ("{{ .Values.model | quote }}", "--port=8000")
    assert launch.words[0].dynamic
    assert launch.image == "{{ .Values.image }}:{{ .Values.tag }}"
    assert {variable.name: variable.value for variable in launch.env} == {"A": "{{ .Values.a | quote }}"}
