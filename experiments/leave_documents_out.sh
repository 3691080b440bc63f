#!/usr/bin/env bash
# How far does a model fall on documents it has never seen? Trains without two documents of
# NZBC-LRML (chimneys, solid waste) and scores their 73 clauses.
#   experiments/leave_documents_out.sh CORPUS.csv OUT [EPOCHS]
# Called again, it goes on where it was interrupted.
set -euo pipefail
corpus=${1:?usage: $0 CORPUS.csv OUT [EPOCHS]}
out=${2:?usage: $0 CORPUS.csv OUT [EPOCHS]}
epochs=${3:-2}
resume=()
[ -e "$out/run.json" ] && resume=(--resume)
p4ir train sft sft/cpu "${resume[@]}" \
  --set corpus.path="$corpus" --set output="$out" \
  --set "corpus.hold_out_documents=[NZ_NZBC-B1AS3#0.17, NZ_NZBC-G15AS1#2.7]" \
  --set trainer.num_train_epochs="$epochs" --set validation.limit=4 \
  --set validation.every="$epochs"
p4ir evaluate "$corpus" --adapter "$out/adapter" --beams 1 --output "$out/evaluation" \
  --document "NZ_NZBC-B1AS3#0.17" --document "NZ_NZBC-G15AS1#2.7"
