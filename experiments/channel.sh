#!/usr/bin/env bash
# What a channel gains on clauses that neither it nor the adapters have seen: those of the second
# fold of experiments/held_back.sh, whose output it goes on from, and of the documents left out.
#   experiments/channel.sh HELD_BACK OUT
# Called again, it goes on where it was interrupted.
set -euo pipefail
held=${1:?usage: $0 HELD_BACK OUT}/1
out=${2:?usage: $0 HELD_BACK OUT}

resume=()
[ -e "$out/run/run.json" ] && resume=(--resume)
[ -e "$out/run/adapter" ] || p4ir train sft sft/channel "${resume[@]}" \
  --set corpus.path="$held/seen.jsonl" --set output="$out/run"

for part in crossed documents; do
  systems=()
  for adapter in sft/adapter plus-1.2; do
    for channel in none "$out/run/adapter"; do
      name=$part-${adapter%/*}$([ "$channel" = none ] || echo -channel)
      [ -e "$out/$name/scores.jsonl" ] || p4ir evaluate "$held/$part.jsonl" --split validation --output "$out/$name" \
        --adapter "$held/$adapter" --channel "$channel"
      systems+=("${name#*-}=$out/$name/predictions.jsonl")
    done
  done
  p4ir compare "${systems[@]}" --reference "$held/$part.jsonl" --split validation
done
