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
. "$(dirname "$0")/train.sh"

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
  plain=(notation=$notation corpus.path="$out/clauses.jsonl" corpus.validation_path="$clauses")
  train sft "$run/sft" "${plain[@]}" corpus.paraphrases=false trainer.learning_rate=0.001 \
    validation.limit=8 validation.keep=last seed=7
  steps=$([ $notation = outline ] && echo 100 || echo 80)
  train grpo "$run/grpo" "${plain[@]}" adapter="$run/sft/adapter" trainer.max_steps="$steps" \
    validation.every=20 validation.limit=4 validation.keep=average \
    guard.enabled=false trainer.per_device_train_batch_size=32 \
    trainer.gradient_accumulation_steps=1 trainer.temperature=1.0 \
    trainer.min_p=0.2 trainer.learning_rate=0.0002 \
    trainer.lr_scheduler_type=constant_with_warmup trainer.save_total_limit=200 \
    seed=75
  for stage in sft grpo; do
    write "$notation-$stage" --adapter "$run/$stage/adapter" --beams 1 --unconstrained
  done
  compare "$notation"
done
for stage in sft grpo; do
  write "beams-$stage" --adapter "$out/outline/$stage/adapter" --beams 8
done
compare beams
