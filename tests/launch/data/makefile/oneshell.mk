.ONESHELL:
RUN = docker run --rm
ifeq ($(X),1)
IMAGE = vllm/vllm-openai:v0.11.0
endif

run:
	export VLLM_X=1
	if [ -n "$$Y" ]; then
	  exec vllm serve acme/demo --port 1
	fi

box:
	$(RUN) -e VLLM_Y=2 vllm/vllm-openai:v0.24.0 --model acme/b --port 2
test:
	vllm bench serve --model acme/b
	$(MAKE) run
