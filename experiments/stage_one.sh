#!/usr/bin/env bash
# Stage one as it gave the shipped adapter: four parts, each from the adapter of the last, the
# average of the last three, two parts more from that average with clauses written by analogy, and
# the average of these two and it.
#   experiments/stage_one.sh CLAUSES.csv OUT
# Called again, it goes on where it was interrupted. The shipped adapter's open corpus had 378
# training clauses in the second and third part, 760 in the fourth and 1,260 in the last two.
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

# Each half of the written clauses (data/analogies) stands beside NZBC-LRML and the open corpus,
# without which what other codes ask for is forgotten.
written() {
  local ids=$1 epochs=$2 seed=$3
  grep "\"id\": \"[$ids]" data/analogies/train.jsonl > "$out/$ids.jsonl"
  part "$ids" --set adapter="$out/average" --set "corpus.also=[data/corpus,$out/$ids.jsonl]" \
    --set corpus.recombined=1 --set corpus.paraphrases=false \
    --set trainer.num_train_epochs="$epochs" --set trainer.learning_rate=0.001 \
    --set trainer.warmup_steps=15 --set validation.every="$epochs" --set validation.keep=last \
    --set seed="$seed"
}
written nmo 0.5 2
written pq 0.65 3
[ -e "$out/sft" ] || p4ir model average "$out/sft" "$out/average" "$out/nmo/adapter" "$out/pq/adapter"
