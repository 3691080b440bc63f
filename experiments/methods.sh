#!/bin/sh
# The methods of stage two on the same budget.
#
#   experiments/methods.sh ADAPTER CLAUSES.csv OUTPUT [METHOD...]
#
# ADAPTER: where all start from. One that has seen the clauses many times answers them by
# heart, and its groups have no spread: an early one shows more (arm c of corpora.py).
# CLAUSES: NZBC-LRML's development part. Short clauses of its training split are the prompts,
# without the two documents that corpora.py keeps out; its split "validation" is scored.
# Stopped and called again, it goes on. A step is 2 clauses × 8 completions, so that it can
# run beside other work on two cores.
set -eu
adapter=$1 clauses=$2 output=$3
shift 3
mkdir -p "$output"
python experiments/short_clauses.py "$output/prompts.jsonl" --corpus "$clauses" \
  --without 'NZ_NZBC-B1AS3#0.17' 'NZ_NZBC-G15AS1#2.7'
exec p4ir compare-methods grpo/cpu --output "$output/comparison" ${1:+--methods "$@"} \
  --set adapter="$adapter" \
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
