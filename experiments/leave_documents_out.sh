#!/usr/bin/env bash
# What do both stages do on documents that neither has seen? Twice trains without some documents of
# NZBC-LRML and without what was written after them, and scores their clauses, 280 of six documents:
# stage one at a steady rate from the open adapter, the average of its last checkpoints; stage two
# from there, six runs on clauses that stage one has not seen; the average of the first two (grpo-2)
# and of all (grpo-6), and stage one with twice of what that changed (grpo-6x2). Then stage one goes
# on (sft-on), and what the six runs changed is added to it (grpo-on).
#   experiments/leave_documents_out.sh CLAUSES.csv OUT
# Called again, it goes on where it was interrupted. The figures in docs/experiments.md are of float32;
# on a processor with fast bfloat16 some rules differ.
set -euo pipefail
clauses=${1:?usage: $0 CLAUSES.csv OUT}
out=${2:?usage: $0 CLAUSES.csv OUT}
. "$(dirname "$0")/train.sh"
steady=(corpus.validation_path="$clauses" validation.limit=4 validation.keep=average
  trainer.lr_scheduler_type=constant_with_warmup)

write() {
  local fold=$1 name=$2 adapter=$3 beams=$4
  [ -e "$fold/$name.jsonl" ] ||
    p4ir batch "$fold/documents.jsonl" "$fold/$name.jsonl" --adapter "$adapter" --beams "$beams"
}

learn() {
  local fold=$1 name=$2 start=$3 steps=$4 checkpoints=$5 seed=$6
  train sft "$fold/$name" "${steady[@]}" adapter="$start" corpus.path="$fold/clauses.jsonl" \
    "corpus.also=[$fold/again-1.jsonl,$fold/again-2.jsonl,data/corpus/train.jsonl,$fold/written.jsonl]" \
    corpus.recombined=1 corpus.paraphrases=false trainer.max_steps=$steps \
    trainer.learning_rate=0.001 trainer.warmup_steps=20 validation.every=0.025 \
    trainer.save_total_limit=$checkpoints seed=$seed
}

leave_out() {
  local fold=$out/$1 seed beams
  shift
  mkdir -p "$fold"
  [ -e "$fold/documents.jsonl" ] ||
    python experiments/leave_documents_out.py "$clauses" "$fold" --without "$@"
  learn "$fold" sft open 975 14 7
  for seed in 75 76 77 78 79 80; do
    train grpo "$fold/run-$seed" "${steady[@]}" adapter="$fold/sft/adapter" \
      corpus.path="$fold/prompts.jsonl" trainer.max_steps=77 validation.every=20 \
      guard.enabled=false trainer.per_device_train_batch_size=32 \
      trainer.gradient_accumulation_steps=1 trainer.temperature=1.0 \
      trainer.min_p=0.2 trainer.learning_rate=0.0002 \
      trainer.save_total_limit=200 seed=$seed
  done
  [ -e "$fold/grpo-2" ] || p4ir model average "$fold/grpo-2" "$fold"/run-7[56]/adapter
  [ -e "$fold/grpo-6" ] || p4ir model average "$fold/grpo-6" "$fold"/run-*/adapter
  [ -e "$fold/grpo-6x2" ] || p4ir model transfer "$fold/grpo-6x2" --onto "$fold/sft/adapter" \
    --start "$fold/sft/adapter" --end "$fold/grpo-6" --scale 2
  learn "$fold" sft-on "$fold/sft/adapter" 750 60 8
  [ -e "$fold/grpo-on" ] || p4ir model transfer "$fold/grpo-on" --onto "$fold/sft-on/adapter" \
    --start "$fold/sft/adapter" --end "$fold/grpo-6"
  for beams in 1 8; do
    write "$fold" sft-$beams "$fold/sft/adapter" $beams
    write "$fold" sft-on-$beams "$fold/sft-on/adapter" $beams
    for sum in $sums; do
      write "$fold" "$sum-$beams" "$fold/$sum" $beams
    done
  done
}

sums="grpo-2 grpo-6 grpo-6x2 grpo-on"
leave_out a NZ_NZBC-B1AS3 NZ_NZBC-G15AS1
leave_out b NZ_NZBC-E1AS1 NZ_NZBC-G13AS2 NZ_NZBC-CAS2 NZ_NZBC-G12AS2
cat "$out"/[ab]/documents.jsonl > "$out/documents.jsonl"
for beams in 1 8; do
  systems=()
  for system in sft sft-on $sums; do
    cat "$out"/[ab]/"$system-$beams.jsonl" > "$out/$system-$beams.jsonl"
    systems+=("$system=$out/$system-$beams.jsonl")
  done
  [ -e "$out/compared-$beams" ] || p4ir compare "${systems[@]}" \
    --reference "$out/documents.jsonl" --split validation --output "$out/compared-$beams"
done
