#!/usr/bin/env bash
# Stage two on clauses that stage one has not seen, and what it taught brought to the adapter
# that has seen them all. It gave the shipped `grpo`, scale 2, which `p4ir model sign` then signed.
#   experiments/held_back.sh CLAUSES.csv OUT
# Called again, it goes on where it was interrupted. Two documents are in neither stage and are
# scored in the end.
set -euo pipefail
clauses=${1:?usage: $0 CLAUSES.csv OUT}
out=${2:?usage: $0 CLAUSES.csv OUT}

part() {
  local stage=$1 name=$2 resume=()
  shift 2
  [ -e "$out/$name/adapter" ] && return
  [ -e "$out/$name/run.json" ] && resume=(--resume)
  p4ir train "$stage" "$stage/cpu" "${resume[@]}" --set output="$out/$name" "$@"
}

compare() {
  [ -e "$out/$1" ] || p4ir compare "${@:3}" --reference "$2" --split validation --output "$out/$1"
}

[ -e "$out/unseen.jsonl" ] || python experiments/held_back.py "$clauses" "$out" \
  --without 'NZ_NZBC-B1AS3#0.17' 'NZ_NZBC-G15AS1#2.7'
part sft held-back-sft --set adapter=open --set corpus.path="$out/seen.jsonl" \
  --set corpus.paraphrases=false --set corpus.recombined=2 --set trainer.num_train_epochs=2.25 \
  --set trainer.learning_rate=0.001 --set trainer.warmup_steps=15 --set validation.every=1.125
# What a run does to probes is looked at in the end, when the sum is signed, by the usual limits.
learn() {
  local name=$1 steps=$2
  shift 2
  part grpo "$name" --set adapter="$out/held-back-sft/adapter" \
    --set corpus.path="$out/unseen.jsonl" --set trainer.max_steps="$steps" \
    --set validation.every="$steps" --set validation.keep=last \
    --set guard.max_margin_drop=5 --set guard.max_nted_rise=1 \
    --set trainer.per_device_train_batch_size=16 --set trainer.learning_rate=0.0002 "$@"
  runs+=("$out/$name/adapter")
}

runs=()
for seed in 0 1 2 3; do
  learn seed-$seed 60 --set seed=$seed --set trainer.gradient_accumulation_steps=1 \
    --set trainer.temperature=0.8
done
# The shipped adapter's was stopped half-way of a schedule of 110 steps.
learn cooler 55 --set trainer.gradient_accumulation_steps=2 --set trainer.temperature=0.5 \
  --set rewards.lrml_f1=1 --set trainer.lr_scheduler_type=cosine
[ -e "$out/held-back-grpo" ] || p4ir model average "$out/held-back-grpo" "${runs[@]}"
systems=(
  stage-one="$out/held-back-sft/adapter" one-run="${runs[0]}" stage-two="$out/held-back-grpo"
)
compare known "$out/seen.jsonl" "${systems[@]}"
compare documents "$out/documents.jsonl" "${systems[@]}"
for scale in 1.5 2; do
  [ -e "$out/scale-$scale" ] || p4ir model transfer "$out/scale-$scale" --onto sft \
    --start "$out/held-back-sft/adapter" --end "$out/held-back-grpo" --scale $scale
done
compare scales "$clauses" sft "$out"/scale-*
