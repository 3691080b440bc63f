#!/usr/bin/env bash
# What do both stages do on documents that neither has seen? Trains without two documents of
# NZBC-LRML (chimneys, solid waste) and without what was written after them, and scores their 73
# clauses: stage one at a steady rate from the open adapter, the average of its last checkpoints;
# stage two from there, on clauses that stage one has not seen.
#   experiments/leave_documents_out.sh CLAUSES.csv OUT
# Called again, it goes on where it was interrupted.
set -euo pipefail
clauses=${1:?usage: $0 CLAUSES.csv OUT}
out=${2:?usage: $0 CLAUSES.csv OUT}

mkdir -p "$out"
[ -e "$out/documents.jsonl" ] || python experiments/leave_documents_out.py "$clauses" "$out" \
  --without NZ_NZBC-B1AS3 NZ_NZBC-G15AS1

train() {
  local stage=$1 name=$2 resume=()
  shift 2
  [ -e "$out/$name/adapter" ] && return
  [ -e "$out/$name/run.json" ] && resume=(--resume)
  p4ir train "$stage" "$stage/cpu" "${resume[@]}" --set output="$out/$name" \
    --set corpus.validation_path="$clauses" --set validation.limit=4 \
    --set validation.keep=average --set trainer.lr_scheduler_type=constant_with_warmup "$@"
}

train sft sft --set adapter=open --set corpus.path="$out/clauses.jsonl" \
  --set "corpus.also=[$out/again-1.jsonl,$out/again-2.jsonl,data/corpus/train.jsonl,$out/written.jsonl]" \
  --set corpus.recombined=1 --set corpus.paraphrases=false --set trainer.max_steps=975 \
  --set trainer.learning_rate=0.001 --set trainer.warmup_steps=20 --set validation.every=0.025 \
  --set trainer.save_total_limit=14 --set seed=7
train grpo grpo --set adapter="$out/sft/adapter" --set corpus.path="$out/prompts.jsonl" \
  --set trainer.max_steps=77 --set validation.every=20 --set guard.enabled=false \
  --set trainer.per_device_train_batch_size=32 --set trainer.gradient_accumulation_steps=1 \
  --set trainer.temperature=1.0 --set trainer.min_p=0.2 --set trainer.learning_rate=0.0002 \
  --set trainer.save_total_limit=200 --set seed=75
for beams in 1 8; do
  [ -e "$out/compared-$beams" ] || p4ir compare sft="$out/sft/adapter" grpo="$out/grpo/adapter" \
    --beams $beams --reference "$out/documents.jsonl" --split validation --output "$out/compared-$beams"
done
