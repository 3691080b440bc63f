#!/usr/bin/env bash
# What does stage two add to a plain stage one, as P4IR compares them? The base model learns the
# clauses of NZBC-LRML and nothing else, without the four documents of the second fold of
# experiments/leave_documents_out.sh, for six epochs; stage two goes on with the same clauses, so
# that it has no more to learn from, from where stage one stood after two epochs (step 88) and from
# its end (264). In the outline two runs each and their mean, in the code skeleton one. The rules
# that count are for 250 clauses that neither has seen, 207 of them of documents neither has seen:
# the likeliest token each time, not held to the notation, and in the outline with 8 beams.
#   experiments/plain_start.sh CLAUSES.csv OUT
# Called again, it goes on where it was interrupted.
set -euo pipefail
clauses=${1:?usage: $0 CLAUSES.csv OUT}
out=${2:?usage: $0 CLAUSES.csv OUT}
. "$(dirname "$0")/train.sh"

# By the clauses of the documents that are not left out, and by no others.
learn() {
  train "$2" "$3" notation="$1" corpus.path="$out/clauses.jsonl" \
    corpus.validation_path="$clauses" "${@:4}"
}

write() {
  [ -e "$out/$1.jsonl" ] || p4ir batch "$out/unseen.jsonl" "$out/$1.jsonl" --adapter "${@:2}"
}

compare() {
  [ -e "$out/compared-$1-$2" ] || p4ir compare sft="$out/$1-sft.jsonl" grpo="$out/$1-$2.jsonl" \
    --reference "$out/unseen.jsonl" --split validation --output "$out/compared-$1-$2"
}

# From a checkpoint of stage one, a run for each seed, and their mean where there are several; each
# is compared with the checkpoint by itself.
go_on() {
  local notation=$1 start=$2 steps=$3 runs=() seed
  local name=$notation-$start run=$out/$notation
  shift 3
  write "$name-sft" "$run/sft/checkpoints/checkpoint-$start" --beams 1 --unconstrained
  for seed in "$@"; do
    learn "$notation" grpo "$run/from-$start-$seed" trainer.max_steps="$steps" seed="$seed" \
      adapter="$run/sft/checkpoints/checkpoint-$start" validation.every=20 validation.limit=4 \
      validation.keep=average guard.enabled=false trainer.per_device_train_batch_size=32 \
      trainer.gradient_accumulation_steps=1 trainer.temperature=1.0 trainer.min_p=0.2 \
      trainer.learning_rate=0.0002 trainer.lr_scheduler_type=constant_with_warmup \
      trainer.save_total_limit=200
    write "$name-$seed" "$run/from-$start-$seed/adapter" --beams 1 --unconstrained
    compare "$name" "$seed"
    runs+=("$run/from-$start-$seed/adapter")
  done
  [ $# -gt 1 ] || return 0
  [ -e "$run/from-$start-mean" ] || p4ir model average "$run/from-$start-mean" "${runs[@]}"
  write "$name-mean" "$run/from-$start-mean" --beams 1 --unconstrained
  compare "$name" mean
}

mkdir -p "$out"
python experiments/leave_documents_out.py "$clauses" "$out" \
  --without NZ_NZBC-E1AS1 NZ_NZBC-G13AS2 NZ_NZBC-CAS2 NZ_NZBC-G12AS2
cat "$out/known.jsonl" "$out/documents.jsonl" > "$out/unseen.jsonl"
for notation in outline skeleton; do
  learn $notation sft "$out/$notation/sft" corpus.paraphrases=false trainer.learning_rate=0.001 \
    trainer.save_total_limit=4 validation.limit=8 validation.keep=last seed=7
done
go_on outline 88 100 75 76
go_on outline 264 100 75 76
go_on skeleton 88 100 75
go_on skeleton 264 80 75
for start in 88 264; do
  write beams-$start-sft "$out/outline/sft/checkpoints/checkpoint-$start" --beams 8
  write beams-$start-mean "$out/outline/from-$start-mean" --beams 8
  compare beams-$start mean
done
