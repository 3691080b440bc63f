#!/usr/bin/env bash
# Stage two as it gave the shipped adapter: two runs from what stage one was before its steady runs
# and two from the mean of the first of these, and half of the mean of what the four changed added to
# stage one.
#   experiments/stage_two.sh CLAUSES.csv OUT
# OUT is that of experiments/stage_one.sh. Called again, it goes on where it was interrupted.
# `p4ir model sign` then signed what came out.
set -euo pipefail
clauses=${1:?usage: $0 CLAUSES.csv OUT}
out=${2:?usage: $0 CLAUSES.csv OUT}
. "$(dirname "$0")/train.sh"

# What a run does to probes is looked at in the end, when the sum is signed, by the usual limits.
learn() {
  local seed=$1 start=$2 prompts=$3
  shift 3
  grep "\"id\": \"[$prompts]" data/analogies/train.jsonl > "$out/prompts-$prompts.jsonl"
  train grpo "$out/grpo-$seed" adapter="$out/$start" \
    corpus.path="$out/prompts-$prompts.jsonl" corpus.validation_path="$clauses" \
    seed=$seed guard.max_margin_drop=5 guard.max_nted_rise=1 \
    trainer.per_device_train_batch_size=32 trainer.gradient_accumulation_steps=1 \
    trainer.temperature=1.0 trainer.min_p=0.2 trainer.learning_rate=0.0002 "$@"
}

for seed in 71 72; do
  learn $seed seventh xy trainer.max_steps=220 validation.every=110 \
    validation.keep=last trainer.lr_scheduler_type=linear
done
steady=(validation.every=20 validation.limit=2 validation.keep=average
  trainer.save_total_limit=200 trainer.lr_scheduler_type=constant_with_warmup)
learn 73 eighth xy "${steady[@]}" trainer.max_steps=280
learn 74 eighth z "${steady[@]}" trainer.max_steps=200

add() {
  local name=$1 onto=$2 start=$3
  shift 3
  [ -e "$out/$name-mean" ] || p4ir model average "$out/$name-mean" "$@"
  [ -e "$out/$name" ] || p4ir model transfer "$out/$name" --onto "$onto" --start "$out/$start" \
    --end "$out/$name-mean" --scale 0.25
}

add later "$out/sft" eighth "$out/grpo-73/adapter" "$out/grpo-74/adapter"
add grpo "$out/later" seventh "$out/grpo-71/adapter" "$out/grpo-72/adapter"
for beams in 1 8; do
  [ -e "$out/compared-$beams" ] || p4ir compare sft="$out/sft" grpo="$out/grpo" --beams $beams \
    --reference "$clauses" --split validation --output "$out/compared-$beams"
done
