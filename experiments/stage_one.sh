#!/usr/bin/env bash
# Stage one as it gave the shipped adapter: four parts, each from the adapter of the last, and the
# average of the last three. Then five parts with clauses written by analogy, each with others of
# them and from the average of what there was before.
#   experiments/stage_one.sh CLAUSES.csv OUT
# Called again, it goes on where it was interrupted; OUT is that of this script alone, not of another
# version of it. The shipped adapter's open corpus had 378
# training clauses in the second and third part and 760 in the fourth; what later parts saw of its
# 1,260 was drawn by chance where every second or third is taken here; and of the written clauses it
# saw the drafts of some that have been mended since.
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

average() {
  local name=$1
  shift
  [ -e "$out/$name" ] || p4ir model average "$out/$name" "${@/#/$out/}"
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
average average corpus/adapter recombined/adapter larger/adapter

# Written clauses (data/analogies) stand beside NZBC-LRML and the open corpus, without which what
# other codes ask for is forgotten.
written() {
  local ids=$1 start=$2 one_in=$3 epochs=$4 seed=$5
  grep "\"id\": \"[$ids]" data/analogies/train.jsonl > "$out/$ids.jsonl"
  awk "NR % $one_in == $seed % $one_in" data/corpus/train.jsonl > "$out/open-$ids.jsonl"
  part "$ids" --set adapter="$out/$start" --set "corpus.also=[$out/open-$ids.jsonl,$out/$ids.jsonl]" \
    --set corpus.recombined=1 --set corpus.paraphrases=false \
    --set trainer.num_train_epochs="$epochs" --set trainer.learning_rate=0.001 \
    --set trainer.warmup_steps=15 --set validation.every="$epochs" --set validation.keep=last \
    --set seed="$seed"
}

written nmo average 1 0.5 2
written pq average 1 0.65 3
average second average nmo/adapter pq/adapter
written u second 2 0.58 4
written s second 2 0.7 5
average third second u/adapter s/adapter
written v third 3 1 6
average sft second u/adapter s/adapter v/adapter
