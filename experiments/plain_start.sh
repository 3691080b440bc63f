#!/usr/bin/env bash
# What does stage two add to a plain stage one, as P4IR compares them? The base model learns the
# clauses of NZBC-LRML and nothing else, without the four documents of the second fold of
# experiments/leave_documents_out.sh, for six epochs; stage two goes on with the same clauses, so
# that it has no more to learn from. Once in the outline and once in the code skeleton. The rules
# that count are for 250 clauses that neither has seen, 207 of them of documents neither has seen:
# the likeliest token each time, not held to the notation, and in the outline with 8 beams.
#   experiments/plain_start.sh CLAUSES.csv OUT
# Called again, it goes on where it was interrupted.
set -euo pipefail
clauses=${1:?usage: $0 CLAUSES.csv OUT}
out=${2:?usage: $0 CLAUSES.csv OUT}

train() {
  local stage=$1 run=$2 resume=()
  shift 2
  [ -e "$run/adapter" ] && return
  [ -e "$run/run.json" ] && resume=(--resume)
  # What the guard did not look at, it refuses to sign: the status is 1 where there is an adapter.
  p4ir train "$stage" "$stage/cpu" "${resume[@]}" --set output="$run" --set notation="$notation" \
    --set corpus.path="$out/clauses.jsonl" --set corpus.validation_path="$clauses" "$@" ||
    [ -e "$run/adapter" ]
}

write() {
  local name=$1
  shift
  [ -e "$out/$name.jsonl" ] || p4ir batch "$out/unseen.jsonl" "$out/$name.jsonl" "$@"
}

compare() {
  [ -e "$out/compared-$1" ] || p4ir compare sft="$out/$1-sft.jsonl" grpo="$out/$1-grpo.jsonl" \
    --reference "$out/unseen.jsonl" --split validation --output "$out/compared-$1"
}

mkdir -p "$out"
python experiments/leave_documents_out.py "$clauses" "$out" \
  --without NZ_NZBC-E1AS1 NZ_NZBC-G13AS2 NZ_NZBC-CAS2 NZ_NZBC-G12AS2
cat "$out/known.jsonl" "$out/documents.jsonl" > "$out/unseen.jsonl"
for notation in outline skeleton; do
  run="$out/$notation"
  train sft "$run/sft" --set corpus.paraphrases=false --set trainer.learning_rate=0.001 \
    --set validation.limit=8 --set validation.keep=last --set seed=7
  steps=$([ $notation = outline ] && echo 100 || echo 80)
  train grpo "$run/grpo" --set adapter="$run/sft/adapter" --set trainer.max_steps="$steps" \
    --set validation.every=20 --set validation.limit=4 --set validation.keep=average \
    --set guard.enabled=false --set trainer.per_device_train_batch_size=32 \
    --set trainer.gradient_accumulation_steps=1 --set trainer.temperature=1.0 \
    --set trainer.min_p=0.2 --set trainer.learning_rate=0.0002 \
    --set trainer.lr_scheduler_type=constant_with_warmup --set trainer.save_total_limit=200 \
    --set seed=75
  for stage in sft grpo; do
    write "$notation-$stage" --adapter "$run/$stage/adapter" --beams 1 --unconstrained
  done
  compare "$notation"
done
for stage in sft grpo; do
  write "beams-$stage" --adapter "$out/outline/$stage/adapter" --beams 8
done
compare beams
