# vllm serve in a comment
.RECIPEPREFIX = >
define start
python3 -m vllm.entrypoints.openai.api_server --model $1
endef
serve:
> $(call start,acme/demo)
> ssh $(HOST) 'vllm serve $(MODEL) --port 1'
