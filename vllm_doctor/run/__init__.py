"""A server started, watched, and started again with a mended command: `vllm-doctor run`.

    command -start-> Child -pump-> Capture -pipeline.diagnose-> Diagnosis -choose-> Heal -start-> ...

It stands beside `cli`, above `pipeline`: what a failure means is decided there. Linux and other POSIX systems; what is
left of a launch after its end is only found on Linux, in /proc.
"""
