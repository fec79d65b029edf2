$vllmArgs = @(
  "serve", "acme/demo",
  "--port", "1"
)
& vllm @vllmArgs
Start-Process -FilePath "vllm" -ArgumentList "serve", "acme/two", "--port", "2" -NoNewWindow
Stop-Process -Name "vllm serve"
