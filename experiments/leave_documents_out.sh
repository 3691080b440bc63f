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

train() {
  local stage=$1 run=$2 resume=()
  shift 2
  [ -e "$run/adapter" ] && return
  [ -e "$run/run.json" ] && resume=(--resume)
  # What the guard did not look at, it refuses to sign: the status is 1 where there is an adapter.
  p4ir train "$stage" "$stage/cpu" "${resume[@]}" --set output="$run" \
    --set corpus.validation_path="$clauses" --set validation.limit=4 \
    --set validation.keep=average --set trainer.lr_scheduler_type=constant_with_warmup "$@" ||
    [ -e "$run/adapter" ]
}

write() {
  local fold=$1 name=$2 adapter=$3 beams=$4
  [ -e "$fold/$name.jsonl" ] ||
    p4ir batch "$fold/documents.jsonl" "$fold/$name.jsonl" --adapter "$adapter" --beams "$beams"
}

learn() {
  local fold=$1 name=$2 start=$3 steps=$4 checkpoints=$5 seed=$6
  train sft "$fold/$name" --set adapter="$start" --set corpus.path="$fold/clauses.jsonl" \
    --set "corpus.also=[$fold/again-1.jsonl,$fold/again-2.jsonl,data/corpus/train.jsonl,$fold/written.jsonl]" \
    --set corpus.recombined=1 --set corpus.paraphrases=false --set trainer.max_steps=$steps \
    --set trainer.learning_rate=0.001 --set trainer.warmup_steps=20 --set validation.every=0.025 \
    --set trainer.save_total_limit=$checkpoints --set seed=$seed
}

leave_out() {
  local fold=$out/$1 seed beams
  shift
  mkdir -p "$fold"
  [ -e "$fold/documents.jsonl" ] ||
    python experiments/leave_documents_out.py "$clauses" "$fold" --without "$@"
  learn "$fold" sft open 975 14 7
  for seed in 75 76 77 78 79 80; do
    train grpo "$fold/run-$seed" --set adapter="$fold/sft/adapter" \
      --set corpus.path="$fold/prompts.jsonl" --set trainer.max_steps=77 --set validation.every=20 \
      --set guard.enabled=false --set trainer.per_device_train_batch_size=32 \
      --set trainer.gradient_accumulation_steps=1 --set trainer.temperature=1.0 \
      --set trainer.min_p=0.2 --set trainer.learning_rate=0.0002 \
      --set trainer.save_total_limit=200 --set seed=$seed
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
