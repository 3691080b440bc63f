#!/usr/bin/env bash
# Stage two as it gave the shipped adapter: two runs from what stage one was before its last two,
# and half of the mean of what they changed added to stage one.
#   experiments/stage_two.sh CLAUSES.csv OUT
# OUT is that of experiments/stage_one.sh. Called again, it goes on where it was interrupted.
# `p4ir model sign` then signed what came out. Until 2026-11-30 it was three runs of 60 steps of 16
# from an average of earlier parts (docs/experiments.md).
set -euo pipefail
clauses=${1:?usage: $0 CLAUSES.csv OUT}
out=${2:?usage: $0 CLAUSES.csv OUT}

start="$out/seventh"
grep '"id": "[xy]' data/analogies/train.jsonl > "$out/prompts.jsonl"

runs=()
for seed in 71 72; do
  run="$out/grpo-$seed"
  runs+=("$run/adapter")
  [ -e "$run/adapter" ] && continue
  resume=()
  [ -e "$run/run.json" ] && resume=(--resume)
  # What a run does to probes is looked at in the end, when the sum is signed, by the usual limits.
  p4ir train grpo grpo/cpu "${resume[@]}" --set adapter="$start" --set corpus.path="$out/prompts.jsonl" \
    --set corpus.validation_path="$clauses" --set output="$run" --set seed=$seed \
    --set trainer.max_steps=220 --set validation.every=110 --set validation.keep=last \
    --set guard.max_margin_drop=5 --set guard.max_nted_rise=1 \
    --set trainer.per_device_train_batch_size=32 --set trainer.gradient_accumulation_steps=1 \
    --set trainer.temperature=1.0 --set trainer.min_p=0.2 \
    --set trainer.learning_rate=0.0002 --set trainer.lr_scheduler_type=linear
done
[ -e "$out/mean" ] || p4ir model average "$out/mean" "${runs[@]}"
[ -e "$out/grpo" ] || p4ir model transfer "$out/grpo" --onto "$out/sft" --start "$start" \
  --end "$out/mean" --scale 0.5
for beams in 1 8; do
  [ -e "$out/compared-$beams" ] || p4ir compare sft="$out/sft" grpo="$out/grpo" --beams $beams \
    --reference "$clauses" --split validation --output "$out/compared-$beams"
done
