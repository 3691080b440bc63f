#!/usr/bin/env bash
# What the clauses written by analogy add to stage one, on the clauses of the second fold of
# experiments/held_back.sh, whose output it goes on from, and of the documents left out; no writer was
# shown any of these. Beside it the average with the stage one that had none of the written ones.
#   experiments/analogies.sh HELD_BACK OUT
# Called again, it goes on where it was interrupted. The run in docs/experiments.md had 849 drafts, 63
# of which have been taken out since, and others mended.
set -euo pipefail
held=${1:?usage: $0 HELD_BACK OUT}/1
out=${2:?usage: $0 HELD_BACK OUT}
. "$(dirname "$0")/train.sh"

mkdir -p "$out"
# Those that were written after clauses that this fold's stage one sees anyway.
grep '"id": "n' data/analogies/train.jsonl > "$out/written.jsonl"
train sft "$out/run" \
  adapter=open corpus.path="$held/seen.jsonl" "corpus.also=[$out/written.jsonl]" \
  corpus.paraphrases=false corpus.recombined=1 trainer.num_train_epochs=1.25 \
  trainer.learning_rate=0.001 trainer.warmup_steps=15 validation.every=0.625 \
  validation.keep=last seed=1
[ -e "$out/average" ] || p4ir model average "$out/average" "$held/sft/adapter" "$out/run/adapter"

for part in crossed documents; do
  [ -e "$out/$part" ] || p4ir compare without="$held/sft/adapter" with="$out/run/adapter" \
    average="$out/average" --reference "$held/$part.jsonl" --split validation \
    --output "$out/$part"
done
