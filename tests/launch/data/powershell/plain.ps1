# vllm serve acme/comment
<# vllm serve
acme/comment #>
$env:VLLM_X = "1"
$env:HF_HOME = 'C:\hf'
$model = "acme/demo"
Write-Host "vllm serve $model"
vllm serve $model `
    --port 8000 `
    --served-model-name "my $model" --hf-overrides '{"a": 1}'
if ($x) { & vllm serve "acme/two" --port=2; exit }
