#!/bin/sh
# The methods of stage two on the same budget, from the tuned adapter that is shipped.
#
#   experiments/methods.sh PROMPTS.jsonl CLAUSES.csv OUTPUT [METHOD...]
#
# PROMPTS: clauses that stage one has not seen (experiments/unseen_prompts.py).
# CLAUSES: a corpus whose split "validation" is scored. Stopped and called again, it goes on.
# A step is 2 clauses × 8 completions, so that it can run beside other work on two cores.
set -eu
prompts=$1 clauses=$2 output=$3
shift 3
mkdir -p "$output"
python experiments/short_clauses.py "$output/prompts.jsonl" --corpus "$prompts"
exec p4ir compare-methods grpo/cpu --output "$output/comparison" ${1:+--methods "$@"} \
  --set corpus.path="$output/prompts.jsonl" \
  --set corpus.validation_path="$clauses" \
  --set validation.every=8 \
  --set validation.max_new_tokens=320 \
  --set trainer.max_steps=32 \
  --set trainer.per_device_train_batch_size=8 \
  --set trainer.gradient_accumulation_steps=2 \
  --set trainer.max_completion_length=96 \
  --set trainer.temperature=0.8 \
  --set trainer.learning_rate=0.0003
