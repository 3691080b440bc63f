#!/usr/bin/env bash
# Stage one as it gave the shipped adapter: four parts, each from the adapter of the last, and the
# average of the last three.
#   experiments/stage_one.sh CLAUSES.csv OUT
# Called again, it goes on where it was interrupted. The shipped adapter's open corpus had 378
# training clauses in the second and third part and 760 in the fourth.
set -euo pipefail
corpus=${1:?usage: $0 CLAUSES.csv OUT}
out=${2:?usage: $0 CLAUSES.csv OUT}

part() {
  local name=$1 resume=()
  shift
  [ -e "$out/$name/adapter" ] && return
  [ -e "$out/$name/run.json" ] && resume=(--resume)
  p4ir train sft sft/cpu "${resume[@]}" --set corpus.path="$corpus" --set output="$out/$name" "$@"
}

part first --set trainer.num_train_epochs=4
part corpus --set adapter="$out/first/adapter" --set 'corpus.also=[data/corpus]' \
  --set trainer.num_train_epochs=1 --set trainer.learning_rate=0.001 \
  --set trainer.lr_scheduler_type=constant_with_warmup --set trainer.warmup_steps=20 \
  --set validation.every=1
part recombined --set adapter="$out/corpus/adapter" --set 'corpus.also=[data/corpus]' \
  --set corpus.recombined=2 --set corpus.paraphrases=false --set trainer.num_train_epochs=1.75 \
  --set trainer.learning_rate=0.001 --set trainer.warmup_steps=10 --set validation.every=0.875
part larger --set adapter="$out/recombined/adapter" --set 'corpus.also=[data/corpus]' \
  --set corpus.recombined=1 --set corpus.paraphrases=false --set trainer.num_train_epochs=1.6 \
  --set trainer.learning_rate=0.001 --set trainer.warmup_steps=15 --set validation.every=0.8
[ -e "$out/average" ] \
  || p4ir model average "$out/average" "$out/corpus/adapter" "$out/recombined/adapter" "$out/larger/adapter"
