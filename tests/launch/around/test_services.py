from __future__ import annotations

import pytest

from tests.launch.around.reading import around
from vllm_doctor.launch.around.services import services
from vllm_doctor.launch.yamlfile.tree import read_yaml

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: chat NAMESPACE}
spec:
  LINKS
  containers: [{name: s, image: vllm/vllm-openai:v0.11.0, args: [--model, m]}]
"""
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: vllm}\nspec: {SPEC}\n"


def beside(spec: str = "ports: [{port: 80}]", namespace: str = "", links: str = "hostNetwork: true") -> tuple[str, ...]:
    pod = POD.replace(" NAMESPACE", namespace).replace("LINKS", links)
    return around(pod + "---\n" + SERVICE.replace("SPEC", spec), "all.yaml").services


def test_a_service_of_the_namespace_gives_its_address() -> None:
    assert beside() == ("vllm",)


@pytest.mark.parametrize("spec", ["clusterIP: None", "type: ExternalName", 'clusterIP: "{{ .Values.ip }}"'])
def test_a_service_without_an_address_does_not(spec: str) -> None:
    assert beside(spec) == ()


def test_nor_does_one_of_another_namespace_or_where_links_are_off() -> None:
    assert beside(namespace=", namespace: other") == ()
    assert beside(links="enableServiceLinks: false") == ()
    assert beside(links='enableServiceLinks: "{{ .Values.links }}"') == ()


def test_services_of_lists_are_found_and_other_kinds_are_none() -> None:
    text = """\
        apiVersion: v1
        kind: List
        items:
          - {apiVersion: v1, kind: Service, metadata: {name: vllm-server}, spec: {ports: []}}
          - {apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: vllm}, spec: {template: {}}}
        """
    assert [one.name for one in services(read_yaml(text))] == ["vllm-server"]
